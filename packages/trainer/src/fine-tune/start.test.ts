import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from '../backend.ts';
import { chooseConfig } from '../choose-config.ts';
import type { TrainConfig } from '../config.ts';
import { quick, smallDataset } from '../run.fixture.ts';
import { readConfig, readRun } from '../run-folder.ts';
import { type RunRequest, trainRun } from '../train-run.ts';
import { weightedLayers } from './freeze.ts';

let folder: string;
let dataset: string;
let backend: Backend;
/** A trained run to start from. */
let source: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-fine-tune-'));
  dataset = join(folder, 'synthetic');
  source = join(folder, 'source');
  await smallDataset(dataset, 600);
  backend = await startBackend();
  await trainRun({ config: quick, backend, dataset, folder: source });
});

afterAll(() => rm(folder, { recursive: true }));

function train(name: string, config: Partial<TrainConfig>, more: Partial<RunRequest> = {}) {
  const run = join(folder, name);
  return trainRun({ config: { ...quick, from: source, ...config }, backend, dataset, folder: run, ...more });
}

/** Every weight of a run's model, layer by layer. */
async function layersOf(run: string): Promise<number[][][]> {
  const model = await (await readRun(run)).openModel();
  const weights = weightedLayers(model).map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]));
  model.dispose();
  return weights;
}

async function weightsOf(run: string): Promise<string> {
  return (await readFile(join(run, 'model', 'weights.bin'))).toString('base64');
}

/** The dataset with other names for its classes. */
async function relabelled(name: string, labels: readonly string[]): Promise<string> {
  const copy = join(folder, name);
  await cp(dataset, copy, { recursive: true });
  const path = join(copy, 'dataset.json');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), labels }));
  return copy;
}

const digits = Array.from('0123456789');

test('a run starts with all weights of its source where the classes are the same, and records which', async () => {
  await train('same', { seed: 5 }, { signal: AbortSignal.abort() });
  expect(await weightsOf(join(folder, 'same'))).toBe(await weightsOf(source));
  const { from, fromSha256 } = await readConfig(join(folder, 'same'));
  expect(from).toBe(source);
  expect(fromSha256).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['others', Array.from('abcdefghij')],
  ['one more', [...digits, 'none']],
  ['the same in another order', [...digits].reverse()],
])('where the classes are %s, the head alone is fresh, and follows from the seed', async (what, labels) => {
  const other = await relabelled(`labels ${what}`, labels);
  const heads: number[][][] = [];
  for (const seed of [5, 5, 6]) {
    await train('head', { seed }, { dataset: other, signal: AbortSignal.abort() });
    const layers = await layersOf(join(folder, 'head'));
    expect(layers.slice(0, -1)).toEqual((await layersOf(source)).slice(0, -1));
    heads.push(layers.at(-1)!);
  }
  expect(heads[0]![1]).toEqual(labels.map(() => 0));
  expect(heads[0]).toEqual(heads[1]);
  expect(heads[0]).not.toEqual(heads[2]);
  expect(heads[0]).not.toEqual((await layersOf(source)).at(-1));
});

test.each([
  ['adamw', 0.99],
  ['sgd', 0],
  ['adam', 0.9],
] as const)(
  'frozen layers stay as they were, bit for bit, with %s and ema %s; the others learn',
  async (optimizer, ema) => {
    await train('frozen', { freeze: 4, optimizer, ema, clipNorm: 1, epochs: 1 });
    const [before, after] = [await layersOf(source), await layersOf(join(folder, 'frozen'))];
    // Batch norm's moving statistics are among them.
    expect(before.map((layer) => layer.length)).toEqual([1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 2]);
    expect(after.slice(0, 4)).toEqual(before.slice(0, 4));
    for (let layer = 4; layer < 9; layer++) {
      after[layer]!.forEach((weights, i) => {
        expect(weights, `layer ${layer + 1}, weight ${i + 1}`).not.toEqual(before[layer]![i]);
      });
    }
  },
);

test('without freezing, every layer learns', async () => {
  await train('free', { epochs: 1 });
  const [before, after] = [await layersOf(source), await layersOf(join(folder, 'free'))];
  before.forEach((layer, i) => {
    expect(after[i]).not.toEqual(layer);
  });
});

test('a model with frozen layers opens in any TensorFlow.js with nothing frozen', async () => {
  await train('opened', { freeze: 10, epochs: 1 });
  const model = await (await readRun(join(folder, 'opened'))).openModel();
  expect(model.trainableWeights).toHaveLength(17);
  model.dispose();
});

test('a run on few images per class sees no others, with and without a start', async () => {
  const { from: _, ...scratch }: TrainConfig = { ...quick, from: source };
  for (const config of [scratch, { ...quick, from: source }]) {
    const run = join(folder, 'few');
    await trainRun({ config: { ...config, perClass: 5, epochs: 1 }, backend, dataset, folder: run });
    const [line] = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(line!).train.images).toBe(50);
    expect(await readConfig(run)).toMatchObject({ perClass: 5 });
  }
});

test('resumed after any epoch, or before the first, it ends as the unbroken run, its source gone', async () => {
  const own = join(folder, 'own source');
  await cp(source, own, { recursive: true });
  const config = { from: own, freeze: 3, perClass: 20, epochs: 3, optimizer: 'adamw', ema: 0.9 } as const;
  await train('unbroken', config);
  const unbroken = await weightsOf(join(folder, 'unbroken'));
  const stops = [AbortSignal.abort(), undefined];
  for (const signal of stops) {
    const stop = new AbortController();
    await train('stopped', config, { signal: signal ?? stop.signal, onEpoch: () => stop.abort() });
    await rename(own, `${own} away`);
    const run = join(folder, 'stopped');
    expect((await readdir(join(run, 'checkpoints')).catch(() => [])).length).toBe(signal === undefined ? 1 : 0);
    const kept = await chooseConfig({ freeze: 3 }, { resume: run });
    const result = await trainRun({ config: kept, backend, dataset, folder: run, resume: true });
    expect(result).toMatchObject({ finished: true, epochs: 3 });
    expect(await weightsOf(run)).toBe(unbroken);
    await rename(`${own} away`, own);
  }
});

test('a start that was damaged before the first epoch is refused', async () => {
  await train('damaged', {}, { signal: AbortSignal.abort() });
  await writeFile(join(folder, 'damaged', 'initial.bin'), 'short');
  await expect(train('damaged', {}, { resume: true })).rejects.toThrow(/initial\.bin is damaged: it has 5 bytes/);
});

test('a config that names weights by their hash is made again with those alone', async () => {
  await train('first', { epochs: 1 });
  const config = await readConfig(join(folder, 'first'));
  await train('again', config);
  expect(await weightsOf(join(folder, 'again'))).toBe(await weightsOf(join(folder, 'first')));
  const wrong = train('again', { ...config, fromSha256: '0'.repeat(64) });
  await expect(wrong).rejects.toThrow(/source does not hold the weights.*expected SHA-256 0{64}, found [0-9a-f]{64}/s);
});

test('a source of another architecture is refused with both names, and the run before is left alone', async () => {
  await train('kept', { epochs: 1 });
  const wrong = train('kept', { model: 'keras-tutorial' });
  await expect(wrong).rejects.toThrow(/"edge".*"keras-tutorial".*--model edge/s);
  expect((await readRun(join(folder, 'kept'))).result.finished).toBe(true);
});

test('weights of other shapes are refused with the layer where they differ', async () => {
  const copy = join(folder, 'other shapes');
  await cp(source, copy, { recursive: true });
  const path = join(copy, 'model', 'model.json');
  const other = tf.sequential({
    layers: [tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 9, kernelSize: 3 }), tf.layers.flatten()],
  });
  let saved: tf.io.ModelArtifacts | undefined;
  await other.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const weightsManifest = [{ paths: ['weights.bin'], weights: saved!.weightSpecs }];
  await writeFile(path, JSON.stringify({ modelTopology: saved!.modelTopology, weightsManifest }));
  await writeFile(
    join(copy, 'model', 'weights.bin'),
    new Uint8Array(tf.io.CompositeArrayBuffer.join(saved!.weightData)),
  );
  const wrong = train('shapes', { from: copy });
  await expect(wrong).rejects.toThrow(/\(edge\).*layer 1 .*Conv2D \[3,3,1,9\] \[9\] there.*Conv2D \[5,5,1,16\] here/s);
});

test('freezing every layer is refused with what is allowed', async () => {
  await expect(train('none', { freeze: 11 })).rejects.toThrow(/--freeze 11 .*11 layers.*from 0 to 10/s);
  await expect(readdir(join(folder, 'none'))).rejects.toThrow('ENOENT');
});
