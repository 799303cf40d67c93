import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifacts } from '@mnist-edge/command';
import { datasetFolder, prepareSynthetic, readSplit, type Split } from '@mnist-edge/data';
import { exportRun, readBundle } from '@mnist-edge/exporter';
import { architectures, type Backend, startBackend, trainRun } from '@mnist-edge/trainer';
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

async function bundleOf(name: string): Promise<{ fixture: Fixture; images: Split }> {
  if (named !== undefined) {
    const bundleFolder = artifacts('models', name);
    const { bundle } = await readBundle(bundleFolder);
    const images = await readSplit(datasetFolder(bundle.training.dataset.name), 'test');
    return { fixture: { folder: bundleFolder, bundle }, images };
  }
  const { recipe } = architectures.find((architecture) => architecture.name === name)!;
  const config = { ...recipe, model: name, dataset: 'synthetic', seed: 1, epochs: 1, batchSize: 50, augment: 'none' };
  const run = join(folder, name);
  const dataset = join(folder, 'synthetic');
  await trainRun({ config: { ...config, outliers: 0 }, backend, dataset, folder: run });
  const target = join(folder, `${name}-bundle`);
  const { bundle } = await exportRun({ run, datasets: folder, folder: target, name, version: '1.0.0' });
  return { fixture: { folder: target, bundle }, images: await readSplit(dataset, 'test') };
}

async function answers(runtime: Runtime, fixture: Fixture, images: Split): Promise<Timed> {
  const open = await runtime.open(fixture);
  try {
    return await open.run(images.images);
  } finally {
    await open.close();
  }
}

describe.each(names)('%s', (name) => {
  test('answers in every runtime as in TensorFlow.js', { timeout: PATIENCE }, async () => {
    const { fixture, images } = await bundleOf(name);
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
  });
});
