import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { prepareSynthetic, readSplit } from '@mnist-edge/data';
import { findChromium, softwareGpu } from '@mnist-edge/tools';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { predict } from './epochs.ts';
import { describeOutOfMemory } from './out-of-memory.ts';
import { quick } from './run.fixture.ts';
import { readMetrics, readRun } from './run-folder.ts';
import { trainRun } from './train-run.ts';
import type { Told } from './webgpu-child.fixture.ts';

/** On SwiftShader, a GPU in software: some 15 images a second. */
const PATIENCE = 600_000;
const config = { ...quick, batchSize: 10, epochs: 2, weightBits: 11, ema: 0.9 };
const execute = promisify(execFile);

let folder: string;
let dataset: string;
let told: Told;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-webgpu-'));
  dataset = join(folder, 'synthetic');
  const silent = { update: () => undefined, stop: () => undefined };
  const settings = { counts: { train: 60, validation: 10, test: 10 }, seed: 1, startProgress: () => silent };
  await prepareSynthetic(dataset, settings, () => undefined);
  const request = JSON.stringify({ config, dataset, folder: join(folder, 'webgpu') });
  const env = { ...process.env, ...softwareGpu(findChromium()) };
  const script = join(import.meta.dirname, 'webgpu-child.fixture.ts');
  const { stdout } = await execute(process.execPath, ['--import', 'tsx', script, request], { env });
  told = JSON.parse(stdout.trim().split('\n').at(-1)!) as Told;
}, PATIENCE);

afterAll(() => rm(folder, { recursive: true }));

test('says which GPU computes, and that this one is none', () => {
  expect(told.backend).toMatchObject({
    name: 'webgpu',
    description: expect.stringMatching(/^WebGPU on .*SwiftShader/),
    warning: expect.stringContaining('for tests'),
  });
});

test('edge learns on it as on TensorFlow', { timeout: PATIENCE }, async () => {
  const backend = await startBackend('tensorflow');
  await trainRun({ config, backend, dataset, folder: join(folder, 'tensorflow') });
  const [gpu, cpu] = await Promise.all(['webgpu', 'tensorflow'].map((run) => readMetrics(join(folder, run))));
  expect(gpu!.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(gpu![1]!.train.loss).toBeLessThan(0.9 * gpu![0]!.train.loss);
  // The same steps from the same seed; roundings differ, and grow from step to step.
  for (const epoch of [0, 1]) expect(gpu![epoch]!.train.loss / cpu![epoch]!.train.loss).toBeCloseTo(1, 1);
  expect((await readRun(join(folder, 'webgpu'))).result.versions).toHaveProperty('webgpu');
});

test("the model's files give TensorFlow the same answers", async () => {
  await startBackend('tensorflow');
  const model = await (await readRun(join(folder, 'webgpu'))).openModel();
  const { images } = await readSplit(dataset, 'validation');
  const logits = await predict(model, images);
  expect(logits).toHaveLength(100);
  expect(Math.max(...logits.map(Math.abs))).toBeGreaterThan(0.1);
  logits.forEach((logit, i) => {
    expect(Math.abs(logit - told.logits[i]!)).toBeLessThan(1e-3);
  });
});

test('keeps no tensor behind on the GPU', () => {
  expect(told.left).toBe(0);
});

test('what the GPU refuses is not taken for numbers, and for want of memory is said with the way out', () => {
  expect(told.refusal).toMatch(/^The GPU refused: /);
  expect(describeOutOfMemory(new Error(told.refusal), 512, false)).toMatchObject({
    message: expect.stringContaining('--batch-size 256'),
  });
});

test('where there is no GPU, the command says what is needed and leaves no run', { timeout: PATIENCE }, async () => {
  const name = `webgpu-test-${process.pid}`;
  const runs = join(import.meta.dirname, '../../../.artifacts/runs');
  const main = join(import.meta.dirname, 'main.ts');
  const args = ['--import', 'tsx', main, 'train', '--backend', 'webgpu', '--run', name];
  // Of a driver that is not there, whatever this machine has.
  const env = { ...process.env, VK_DRIVER_FILES: join(folder, 'none.json') };
  const attempt = execute(process.execPath, args, { env });
  await expect(attempt).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/--backend webgpu: no GPU was found\..*--backend tensorflow/),
  });
  expect(existsSync(join(runs, name))).toBe(false);
});
