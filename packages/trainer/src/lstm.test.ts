import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { lstm } from './lstm.ts';

beforeAll(async () => {
  expect(await startBackend()).toMatchObject({ name: 'tensorflow' });
});

test('the fused kernel computes what the standard layer does, and so do its gradients', () => {
  let seed = 1;
  const layer = lstm({ units: 4, nextSeed: () => seed++ });
  const x = tf.randomNormal([3, 5, 2], 0, 1, 'float32', 1);
  layer.apply(x);
  const [kernel, recurrent, bias] = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  bias!.assign(tf.randomNormal([16], 0, 1, 'float32', 9));
  const weights = tf.randomNormal([3, 4], 0, 1, 'float32', 7);
  const [fused, composed] = [true, false].map((training) =>
    tf.variableGrads(
      () => (layer.apply(x, { training }) as tf.Tensor).mul(weights).sum().asScalar(),
      [kernel!, recurrent!, bias!],
    ),
  );
  expect(fused!.value.dataSync()[0]).toBeCloseTo(composed!.value.dataSync()[0]!, 5);
  for (const { name } of [kernel!, recurrent!, bias!]) {
    const [a, b] = [fused!.grads[name]!, composed!.grads[name]!];
    expect(b.abs().max().dataSync()[0]).toBeGreaterThan(0.01);
    expect(a.sub(b).abs().max().dataSync()[0]).toBeLessThan(1e-5);
  }
});

test('the gradient reaches what is before the layer', () => {
  const layer = lstm({ units: 3, nextSeed: () => 5 });
  const sum = (training: boolean) => (x: tf.Tensor) => (layer.apply(x, { training }) as tf.Tensor).square().sum();
  const x = tf.randomNormal([2, 6, 4], 0, 1, 'float32', 3);
  const [fused, composed] = [true, false].map((training) => tf.grad(sum(training))(x));
  expect(composed!.abs().max().dataSync()[0]).toBeGreaterThan(1e-3);
  expect(fused!.sub(composed!).abs().max().dataSync()[0]).toBeLessThan(1e-5);
});
