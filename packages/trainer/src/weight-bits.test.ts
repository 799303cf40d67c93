import { createRandom } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { predict } from './epochs.ts';
import { findArchitecture } from './models/index.ts';
import { digits } from './run.fixture.ts';
import { FLOAT16_BITS, FLOAT32_BITS, rounded32, roundKernels } from './weight-bits.ts';
import { readWeights } from './weights.ts';

beforeAll(() => tf.setBackend('cpu'));

test('a rounded number is the nearest with so many bits', () => {
  const numbers = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 2, max: 23 }), (number, bits) => {
      const [rounded] = rounded32(Float32Array.of(number), bits);
      // Below the smallest normal number there are fewer bits to begin with.
      if (Math.abs(number) < 2e-38) return;
      expect(Math.abs(rounded! - number)).toBeLessThanOrEqual(Math.abs(number) * 2 ** -bits);
      expect(rounded32(Float32Array.of(rounded!), bits)[0]).toBe(rounded);
    }),
  );
});

/** An edge net whose batch norms have seen something. */
function trainedLike(): tf.LayersModel {
  const random = createRandom(3);
  const model = findArchitecture('edge').build({
    classes: 10,
    nextSeed: () => random.whole(2 ** 32),
    greyLevels: 'as-is',
    dropout: 0,
    random,
  });
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue;
    const positive = (low: number) =>
      tf.tensor1d(Array.from({ length: layer.getWeights()[0]!.size }, () => low + random.next()));
    layer.setWeights([positive(0.5), positive(-0.5), positive(-0.5), positive(0.2)]);
  }
  return model;
}

test('kernels have the bits that they may have, also after batch norm is folded, and the answers hardly change', async () => {
  const model = trainedLike();
  const { images } = digits(20, 1);
  const before = await predict(model, images);
  await roundKernels(model, FLOAT16_BITS);
  for (const layer of model.layers) {
    const [weight] = layer.getWeights();
    if (weight === undefined) continue;
    if (layer.getClassName() === 'BatchNormalization') {
      const [gamma, , mean, variance] = layer.getWeights().map((tensor) => tensor.dataSync<'float32'>());
      const { epsilon } = layer.getConfig() as { epsilon: number };
      gamma!.forEach((value, i) => {
        expect(Math.fround(value / Math.sqrt(variance![i]! + epsilon))).toBe(1);
        expect(mean![i]).toBe(0);
      });
    } else {
      const kernel = weight.dataSync<'float32'>();
      expect(rounded32(kernel, FLOAT16_BITS)).toEqual(kernel);
    }
  }
  const after = await predict(model, images);
  const largest = Math.max(...before.map(Math.abs));
  before.forEach((logit, i) => {
    expect(Math.abs(after[i]! - logit)).toBeLessThan(0.005 * largest);
  });
  expect(after).not.toEqual(before);
});

test('with all bits, a net stays as it is', async () => {
  const model = trainedLike();
  const before = await readWeights(model);
  await roundKernels(model, FLOAT32_BITS);
  expect(await readWeights(model)).toEqual(before);
});
