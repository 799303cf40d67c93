import { createRandom } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import type { TrainConfig } from './config.ts';
import { type EpochReport, evaluate, type StepReport, trainEpochs } from './epochs.ts';
import { takeSnapshot } from './model-files.ts';
import { architectures, findArchitecture } from './models/index.ts';
import { digits, quick } from './run.fixture.ts';

beforeAll(async () => {
  await startBackend();
});

const train = digits(1200, 1);
const validation = digits(300, 2);

async function run(config: TrainConfig, signal?: AbortSignal) {
  const random = createRandom(config.seed);
  const nextSeed = () => random.whole(2 ** 32);
  const model = findArchitecture(config.model).build({
    classes: 10,
    nextSeed,
    greyLevels: 'as-is',
    dropout: config.dropout,
    random,
  });
  const reports: EpochReport[] = [];
  const steps: StepReport[] = [];
  const options = { config, model, train, validation, random, onStep: (step: StepReport) => steps.push(step) };
  for await (const { report } of trainEpochs(signal === undefined ? options : { ...options, signal }))
    reports.push(report);
  const { weightData } = await takeSnapshot(model);
  return { model, reports, steps, weights: Buffer.from(tf.io.CompositeArrayBuffer.join(weightData)) };
}

describe.each(architectures.map((architecture) => architecture.name))('%s', (name) => {
  test('learns: the loss falls and validation beats guessing by far', async () => {
    const { model, reports } = await run({
      ...quick,
      model: name,
      learningRate: ['edge', 'edge-nano', 'rnn'].includes(name) ? 0.01 : 0.002,
    });
    expect(reports.map((report) => report.epoch)).toEqual([1, 2]);
    expect(reports[1]!.train.loss).toBeLessThan(reports[0]!.train.loss);
    // Guessing gets a tenth right; what has no convolutions learns little in 48 steps.
    expect(reports[1]!.validation.accuracy).toBeGreaterThan(0.3);
    expect(await evaluate(model, validation)).toEqual(reports[1]!.validation);
  });

  test('the same seed gives the same weights, bit for bit, and another seed others', async () => {
    const config = { ...quick, model: name, epochs: 1 };
    const { weights } = await run(config);
    expect((await run(config)).weights.equals(weights)).toBe(true);
    expect((await run({ ...config, seed: 2 })).weights.equals(weights)).toBe(false);
  });
});

test('keeps no tensor behind, however many steps it makes', async () => {
  const random = createRandom(1);
  const model = findArchitecture('edge').build({
    classes: 10,
    nextSeed: () => 1,
    greyLevels: 'as-is',
    dropout: 0,
    random,
  });
  const before = tf.memory().numTensors;
  for await (const _ of trainEpochs({ config: quick, model, train, validation, random }));
  expect(tf.memory().numTensors).toBe(before);
});

test('memory is flat over 100 epochs, in TensorFlow too', { timeout: 300_000 }, async () => {
  const random = createRandom(1);
  const model = findArchitecture('lenet5').build({
    classes: 10,
    nextSeed: () => 1,
    greyLevels: 'as-is',
    dropout: 0.5,
    random,
  });
  const native = tf.backend() as unknown as { getNumOfTFTensors(): number };
  const config = { ...quick, augment: 'none', batchSize: 10, epochs: 100, ema: 0.9 };
  const [few, fewer] = [digits(20, 1), digits(10, 2)];
  const seen: unknown[] = [];
  for await (const { report } of trainEpochs({ config, model, train: few, validation: fewer, random })) {
    const { numTensors, numBytes } = tf.memory();
    if (report.epoch > 1) seen.push([numTensors, numBytes, native.getNumOfTFTensors()]);
  }
  expect(seen).toHaveLength(99);
  expect(new Set(seen.map((counts) => JSON.stringify(counts))).size).toBe(1);
});

test('reports its steps on the way', async () => {
  const { steps } = await run({ ...quick, epochs: 1 });
  expect(steps).toHaveLength(1);
  expect(steps[0]).toMatchObject({ epoch: 1, step: 20, stepsPerEpoch: 24 });
  expect(steps[0]!.imagesPerSecond).toBeGreaterThan(0);
  expect(steps[0]!.secondsLeft).toBeGreaterThan(0);
});

test('stops after the step that is running when it is told to', async () => {
  const stop = new AbortController();
  stop.abort();
  expect((await run(quick, stop.signal)).reports).toEqual([]);
});
