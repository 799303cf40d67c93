import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { convolution, pooledConvolution } from './convolution.ts';

beforeAll(async () => {
  expect(await startBackend()).toMatchObject({ name: 'tensorflow' });
});

const images = () => tf.randomNormal([2, 9, 9, 3], 0, 1, 'float32', 1);

function compare(layers: readonly tf.layers.Layer[], exact: boolean): void {
  const x = images();
  const forward = (training: boolean) => (input: tf.Tensor) =>
    layers.reduce((value, layer) => layer.apply(value, { training }) as tf.Tensor, input);
  const value = forward(false)(x);
  const weights = tf.randomNormal(value.shape, 0, 1, 'float32', 2);
  const variables = layers.flatMap((layer) => layer.trainableWeights.map((weight) => weight.read() as tf.Variable));
  variables.forEach((variable, i) => {
    variable.assign(tf.randomNormal(variable.shape, 0, 1, 'float32', 3 + i));
  });
  const [own, standard] = [true, false].map((training) => ({
    ofInput: tf.grad((input) => forward(training)(input).mul(weights).sum())(x),
    ...tf.variableGrads(() => forward(training)(x).mul(weights).sum().asScalar(), variables),
  }));
  if (exact) expect(forward(true)(x).dataSync()).toEqual(forward(false)(x).dataSync());
  const pairs: [tf.Tensor, tf.Tensor][] = [[own!.ofInput, standard!.ofInput]];
  for (const { name } of variables) pairs.push([own!.grads[name]!, standard!.grads[name]!]);
  for (const [a, b] of pairs) {
    expect(b.abs().max().dataSync()[0]).toBeGreaterThan(0.1);
    expect(a.sub(b).abs().max().dataSync()[0]).toBeLessThan(1e-4);
  }
}

test.each([
  { filters: 4, kernelSize: 3 },
  { filters: 4, kernelSize: 3, strides: 2, padding: 'same' as const, useBias: false },
  { filters: 4, kernelSize: 2, activation: 'tanh' as const },
])('a convolution trains as the standard layer does: %j', (options) => {
  compare([convolution(options)], false);
});

test('a pooled convolution gives the same answers, bit for bit, and the same gradients', () => {
  compare(pooledConvolution({ filters: 4, kernelSize: 3 }, 2), true);
  compare(pooledConvolution({ filters: 4, kernelSize: 3, useBias: false }, 3), true);
});

test('a pooled convolution that is frozen answers as it does when nothing is learned', () => {
  const [layer, pool] = pooledConvolution({ filters: 4, kernelSize: 3 }, 2);
  const x = images();
  const frozen = pool.apply(layer.apply(x, { training: false }) as tf.Tensor, { training: true }) as tf.Tensor;
  const plain = pool.apply(layer.apply(x) as tf.Tensor) as tf.Tensor;
  expect(frozen.dataSync()).toEqual(plain.dataSync());
});
