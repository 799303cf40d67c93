import { createRandom } from '@mnist-edge/data';
import { toTensor } from '@mnist-edge/recognizer';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { LearningStep } from './learning-step.ts';
import { batchLoss, targets } from './loss.ts';
import { findArchitecture } from './models/index.ts';
import { Optimizer } from './optimizer.ts';
import { digits } from './run.fixture.ts';

const RATE = 0.05;
const { images, labels } = digits(20, 1);
const batch = { images: new Float32Array(toTensor(images)), labels: Int32Array.from(labels) };

beforeAll(async () => {
  expect(await startBackend()).toMatchObject({ name: 'tensorflow' });
});

function start(sharpness: number) {
  let seed = 1;
  const random = createRandom(1);
  const given = { classes: 10, nextSeed: () => seed++, greyLevels: 'as-is', dropout: 0, random } as const;
  const model = findArchitecture('edge-fast').build(given);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const optimizer = new Optimizer({ optimizer: 'sgd', clipNorm: 0 }, variables);
  const config = { loss: 'cross-entropy', labelSmoothing: 0, sharpness } as const;
  return { model, variables, step: new LearningStep({ config, model }, optimizer, variables) };
}

const values = (weights: readonly tf.Tensor[]) => weights.map((weight) => Array.from(weight.dataSync()));

/** The gradient that a first step of SGD was made with. */
function gradientOf(before: number[][], after: number[][]): number[] {
  return before.flatMap((numbers, i) => numbers.map((x, j) => (x - after[i]![j]!) / RATE));
}

test('with sharpness, a step is by the gradient from as far up the loss as it says', () => {
  const plain = start(0);
  const before = values(plain.variables);
  plain.step.run(batch, RATE).dispose();
  const gradient = gradientOf(before, values(plain.variables));
  const length = Math.hypot(...gradient);

  // The same by hand: the weights moved along that gradient, and the gradient there.
  const distance = 0.1;
  const above = start(0);
  let at = 0;
  for (const variable of above.variables) {
    const way = gradient.slice(at, at + variable.size).map((x) => (distance * x) / length);
    variable.assign(variable.add(tf.tensor(way, variable.shape)));
    at += variable.size;
  }
  const aboveBefore = values(above.variables);
  above.step.run(batch, RATE).dispose();
  const wanted = gradientOf(aboveBefore, values(above.variables));

  const sharp = start(distance);
  const sums = sharp.step.run(batch, RATE);
  const found = gradientOf(before, values(sharp.variables));
  // Both come of float32 differences divided by the rate.
  const apart = Math.hypot(...found.map((x, i) => x - wanted[i]!));
  expect(apart).toBeLessThan(0.002 * Math.hypot(...wanted));
  expect(Math.hypot(...found.map((x, i) => x - gradient[i]!))).toBeGreaterThan(0.02 * length);

  // The loss that is told is of the weights that are kept, and so are the running statistics.
  const logits = start(0).model.apply(tf.tensor4d(batch.images, [20, 28, 28, 1]), { training: true }) as tf.Tensor2D;
  const loss = batchLoss('cross-entropy', tf.tensor2d(targets(labels, 10, 0), [20, 10]), logits).dataSync()[0]!;
  expect(sums.dataSync()[0]! / 20).toBeCloseTo(loss, 4);
  const statistics = (model: tf.LayersModel) => values(model.nonTrainableWeights.map((weight) => weight.read()));
  expect(statistics(sharp.model)).toEqual(statistics(plain.model));
});

test('a step with sharpness leaves no tensor behind, also once a graph makes it', () => {
  const { step } = start(0.05);
  const counts = Array.from({ length: 8 }, () => {
    step.run(batch, RATE).dispose();
    return tf.memory().numTensors;
  });
  expect(new Set(counts.slice(1)).size).toBe(1);
});
