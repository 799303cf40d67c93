import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { artifacts } from '@mnist-edge/command';
import { datasetFolder, prepareSynthetic, readSplit, type Split } from '@mnist-edge/data';
import { exportRun, readBundle } from '@mnist-edge/exporter';
import { findChromium, softwareGpu } from '@mnist-edge/tools';
import { architectures, type Backend, readRun, startBackend, type TrainConfig, trainRun } from '@mnist-edge/trainer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Comparison, compare, TOLERANCE, table } from './compare.ts';
import type { Fixture, Runtime, Timed } from './runtime.ts';
import { reference } from './runtimes/index.ts';
import { onnxruntimeNode } from './runtimes/onnxruntime-node.ts';
import { onnxruntimeWebNode } from './runtimes/onnxruntime-web-node.ts';

/**
 * Every architecture of the registry, trained for a moment on drawn digits and exported; or, with
 * PARITY_MODELS=rnn,transformer, exported models in .artifacts/models on the test images of their dataset.
 */
const named = process.env.PARITY_MODELS?.split(',').map((name) => name.trim());
const names = named ?? architectures.map(({ name }) => name);
const runtimes: readonly Runtime[] = [onnxruntimeNode, onnxruntimeWebNode];
/** One process starts Python for each architecture; on a busy machine that takes its time. */
const PATIENCE = 600_000;

let folder: string;
let backend: Backend;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-parity-'));
  backend = await startBackend();
  const silent = { update: () => undefined, stop: () => undefined };
  const settings = { counts: { train: 500, validation: 100, test: 100 }, seed: 1, startProgress: () => silent };
  await prepareSynthetic(join(folder, 'synthetic'), settings, () => undefined);
}, PATIENCE);

afterAll(() => rm(folder, { recursive: true }));

/** A bundle, and the images that all runtimes are to answer alike. */
interface Sample {
  readonly fixture: Fixture;
  readonly images: Split;
}

async function bundleOf(name: string): Promise<Sample> {
  if (named !== undefined) {
    const bundleFolder = artifacts('models', name);
    const { bundle } = await readBundle(bundleFolder);
    const images = await readSplit(datasetFolder(bundle.training.dataset.name), 'test');
    return { fixture: { folder: bundleFolder, bundle }, images };
  }
  const run = join(folder, name);
  await trainRun({ config: quick(name), backend, dataset: join(folder, 'synthetic'), folder: run });
  return exported(run);
}

/** The architecture's recipe, cut to seconds. */
function quick(name: string): TrainConfig {
  const { recipe } = architectures.find((architecture) => architecture.name === name)!;
  const short = { epochs: 1, batchSize: 50, augment: 'none', outliers: 0 };
  return { ...recipe, ...short, model: name, dataset: 'synthetic', seed: 1 };
}

async function exported(run: string): Promise<Sample> {
  const target = `${run}-bundle`;
  const { bundle } = await exportRun({ run, datasets: folder, folder: target, name: basename(run), version: '1.0.0' });
  return { fixture: { folder: target, bundle }, images: await readSplit(join(folder, 'synthetic'), 'test') };
}

async function answers(runtime: Runtime, fixture: Fixture, images: Split): Promise<Timed> {
  const open = await runtime.open(fixture);
  try {
    return await open.run(images.images);
  } finally {
    await open.close();
  }
}

async function expectParity(name: string, { fixture, images }: Sample): Promise<void> {
  const expected = await answers(reference, fixture, images);
  const rows: Comparison[] = [compare(reference.name, expected, expected.logits, images.labels)];
  for (const runtime of runtimes) {
    rows.push(compare(runtime.name, await answers(runtime, fixture, images), expected.logits, images.labels));
  }
  process.stdout.write(
    `\n${images.count} test images of ${fixture.bundle.training.dataset.name}, ${name}:\n\n${table(rows)}\n`,
  );
  for (const row of rows) {
    expect(row.images).toBe(images.count);
    expect(row.largestDifference).toBeLessThanOrEqual(TOLERANCE);
    expect(row.disagreements).toBe(0);
  }
}

describe.each(names)('%s', (name) => {
  test('answers in every runtime as in TensorFlow.js', { timeout: PATIENCE }, async () => {
    await expectParity(name, await bundleOf(name));
  });
});

test.skipIf(named !== undefined)(
  'edge, trained through WebGPU, answers in every runtime as in TensorFlow.js',
  { timeout: PATIENCE },
  async () => {
    const run = join(folder, 'edge-webgpu');
    const config = { ...quick('edge'), perClass: 4, batchSize: 10 };
    const request = JSON.stringify({ config, dataset: join(folder, 'synthetic'), folder: run });
    const script = join(import.meta.dirname, 'train-webgpu.fixture.ts');
    // Where there is no GPU, as here, Chromium's software plays one.
    const env = { ...process.env, ...softwareGpu(findChromium()) };
    await promisify(execFile)(process.execPath, ['--import', 'tsx', script, request], { env });
    const sample = await exported(run);
    expect((await readRun(run)).result.backend).toMatch(/^WebGPU on .*SwiftShader/);
    await expectParity('edge, trained through WebGPU', sample);
  },
);
