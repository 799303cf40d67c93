import { createRandom } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import { afterAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { plain } from './config.ts';
import { trainEpochs } from './epochs.ts';
import { findArchitecture } from './models/index.ts';
import { digits } from './run.fixture.ts';

afterAll(async () => {
  await tf.setBackend('tensorflow');
});

/** One step of the tutorial net from the same weights on the same images; the loss before it. */
async function lossOf(name: 'tensorflow' | 'cpu'): Promise<number> {
  const backend = await startBackend(name);
  if (name === 'tensorflow') await tf.setBackend(name);
  expect(backend.name).toBe(name);
  expect(tf.getBackend()).toBe(name);
  const random = createRandom(1);
  const model = findArchitecture('lenet5').build({
    classes: 10,
    nextSeed: () => random.whole(2 ** 32),
    greyLevels: 'as-is',
    dropout: 0,
    random,
  });
  const config = {
    ...plain,
    model: 'lenet5',
    dataset: 'synthetic',
    seed: 1,
    epochs: 2,
    batchSize: 8,
    learningRate: 0.01,
  };
  const training = { config, model, train: digits(16, 1), validation: digits(4, 2), random };
  let loss = Number.NaN;
  for await (const { report } of trainEpochs(training)) loss = report.train.loss;
  model.dispose();
  return loss;
}

test('either backend makes the same steps from the same seed', async () => {
  expect(await lossOf('cpu')).toBeCloseTo(await lossOf('tensorflow'), 3);
});

test('plain JavaScript comes with a warning', async () => {
  expect((await startBackend('cpu')).warning).toMatch(/tens of images per second/);
});
