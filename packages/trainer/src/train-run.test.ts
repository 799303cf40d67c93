import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSplit } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Backend, startBackend } from './backend.ts';
import { evaluate, predict } from './epochs.ts';
import { NativeGraph } from './native-graph.ts';
import { quick, smallDataset } from './run.fixture.ts';
import { readRun } from './run-folder.ts';
import { trainRun } from './train-run.ts';

let folder: string;
let dataset: string;
let backend: Backend;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-run-'));
  dataset = join(folder, 'synthetic');
  await smallDataset(dataset, 1200);
  backend = await startBackend();
});

afterAll(() => rm(folder, { recursive: true }));

test('a run leaves its config, a line per epoch, its best model and what it came to', async () => {
  const target = join(folder, 'whole');
  const seen: boolean[] = [];
  const result = await trainRun({
    config: quick,
    backend,
    dataset,
    folder: target,
    onEpoch: (_, best) => seen.push(best),
  });
  expect(result).toMatchObject({ finished: true, epochs: 2, parameters: 56_922, dataset: { name: 'synthetic' } });
  expect(seen[0]).toBe(true);

  const run = await readRun(target);
  expect(run.config).toEqual(quick);
  expect(run.result).toEqual(result);
  const lines = (await readFile(join(target, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).epoch)).toEqual([1, 2]);

  const model = await run.openModel();
  expect(await evaluate(model, await readSplit(dataset, 'test'))).toEqual(result.test);
  expect(await evaluate(model, await readSplit(dataset, 'validation'))).toEqual(result.validation);
});

test('the model files are those of TensorFlow.js itself', async () => {
  const files = join(folder, 'whole', 'model');
  const json = JSON.parse(await readFile(join(files, 'model.json'), 'utf8'));
  const weights = await readFile(join(files, 'weights.bin'));
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0].weights,
      weightData: new Uint8Array(weights).buffer,
    }),
  );
  const { images } = await readSplit(dataset, 'test');
  const ours = await (await readRun(join(folder, 'whole'))).openModel();
  expect(await predict(model, images)).toEqual(await predict(ours, images));
});

test('a run keeps its last epoch where it is told to, better or not, and trains the same', async () => {
  // At so high a rate, epochs come out good and bad by turns.
  const config = { ...quick, schedule: 'constant', learningRate: 0.3, epochs: 5 } as const;
  const trained = (keep: 'best' | 'last') =>
    trainRun({ config: { ...config, keep }, backend, dataset, folder: join(folder, keep) });
  const [best, last] = [await trained('best'), await trained('last')];
  expect(best.bestEpoch).toBeLessThan(5);
  expect(last.bestEpoch).toBe(5);
  const scores = async (keep: string) =>
    (await readFile(join(folder, keep, 'metrics.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).validation);
  expect(await scores('last')).toEqual(await scores('best'));
  expect(last.validation).toEqual((await scores('last')).at(-1));
  expect(last.validation.accuracy).toBeLessThan(best.validation.accuracy);
});

test('an interrupted run can be read and used', async () => {
  const target = join(folder, 'interrupted');
  const stop = new AbortController();
  const result = await trainRun({
    config: { ...quick, epochs: 50 },
    backend,
    dataset,
    folder: target,
    signal: stop.signal,
    onEpoch: () => stop.abort(),
  });
  expect(result).toMatchObject({ finished: false, epochs: 1, bestEpoch: 1 });
  expect((await readRun(target)).result).toEqual(result);
  expect(await readdir(join(target, 'checkpoints'))).toEqual(['epoch-00001']);
});

test('a run that is interrupted before its first epoch ended still leaves a model', async () => {
  const target = join(folder, 'at-once');
  const result = await trainRun({ config: quick, backend, dataset, folder: target, signal: AbortSignal.abort() });
  expect(result).toMatchObject({ finished: false, epochs: 0, bestEpoch: 0 });
  const model = await (await readRun(target)).openModel();
  expect(model.countParams()).toBe(56_922);
});

test('a run of the same name is kept once, as .previous', async () => {
  const target = join(folder, 'twice');
  for (const seed of [1, 2]) {
    await trainRun({ config: { ...quick, seed }, backend, dataset, folder: target, signal: AbortSignal.abort() });
  }
  expect((await readRun(target)).config.seed).toBe(2);
  expect((await readRun(`${target}.previous`)).config.seed).toBe(1);
});

/** Lets TensorFlow refuse a convolution for want of memory, as it would say it, after so many; a graph at once. */
function scarce(convolutions: number): { stop(): void } {
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  const reason = 'OOM when allocating tensor with shape[128,26,26,32]';
  let left = convolutions;
  const spies = [
    vi.spyOn(engine, 'runKernel').mockImplementation((name, ...rest) => {
      if (name === 'Conv2D' && left-- <= 0) throw new Error(`Invalid TF_Status: 8\nMessage: ${reason}`);
      return run(name, ...rest);
    }),
    vi.spyOn(NativeGraph.prototype, 'run').mockImplementation(() => {
      throw new Error(`Session fail to run with error: ${reason}`);
    }),
  ];
  return {
    stop: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

test('a run that memory runs out for before its first epoch ended leaves nothing, and the run before it in its place', async () => {
  const target = join(folder, 'scarce');
  const refused = async () => {
    const memory = scarce(8);
    const attempt = trainRun({ config: { ...quick, seed: 2 }, backend, dataset, folder: target });
    await expect(attempt).rejects.toThrow(
      /^Memory ran out at 50 images a step\. .*--batch-size 25, or close other programs\.$/,
    );
    memory.stop();
  };
  await refused();
  expect(await readdir(folder)).not.toContain('scarce');
  const earlier = await trainRun({ config: quick, backend, dataset, folder: target, signal: AbortSignal.abort() });
  await refused();
  const run = await readRun(target);
  expect(run).toMatchObject({ result: earlier, config: { seed: 1 } });
  (await run.openModel()).dispose();
  expect(await readdir(folder)).not.toContain('scarce.previous');
});

test('a run that memory runs out for later keeps what its epochs learned, and can be gone on with', async () => {
  const target = join(folder, 'scarce-later');
  let memory: ReturnType<typeof scarce> | undefined;
  const onEpoch = () => {
    memory = scarce(8);
  };
  const attempt = trainRun({ config: quick, backend, dataset, folder: target, onEpoch });
  await expect(attempt).rejects.toThrow(/go on with what earlier epochs learned: --resume\.$/);
  memory!.stop();
  const result = await trainRun({ config: quick, backend, dataset, folder: target, resume: true });
  expect(result).toMatchObject({ finished: true, epochs: 2 });
});

test('a dataset that is not there is refused before the run folder is touched', async () => {
  const target = join(folder, 'none');
  const wrong = trainRun({ config: quick, backend, dataset: join(folder, 'absent'), folder: target });
  await expect(wrong).rejects.toThrow(/dataset\.json.*data:prepare/s);
  await expect(readdir(target)).rejects.toThrow('ENOENT');
});

test('a damaged run is refused with the command that makes it', async () => {
  await expect(readRun(join(folder, 'absent'))).rejects.toThrow(/never made.*trainer:train/s);
  const target = join(folder, 'twice');
  await writeFile(join(target, 'model', 'model.json'), '{');
  await expect((await readRun(target)).openModel()).rejects.toThrow(/no usable TensorFlow\.js model.*trainer:train/s);
  await writeFile(join(target, 'result.json'), '{}');
  await expect(readRun(target)).rejects.toThrow(/result\.json: finished.*trainer:train/s);
  await writeFile(join(target, 'config.json'), 'no json');
  await expect(readRun(target)).rejects.toThrow(/config\.json is damaged.*trainer:train/s);
});
