import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { layerNorm } from './layer-norm.ts';

beforeAll(async () => {
  await startBackend();
});

test.each([1, 2] as const)(
  'over %i axes: training computes what the standard layer does, and so do its gradients',
  (axes) => {
    const layer = layerNorm(axes, tf.initializers.randomNormal({ seed: 4 }));
    const x = tf.randomNormal([3, 4, 5], 2, 3, 'float32', 1);
    layer.apply(x);
    const [gamma, beta] = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    gamma!.assign(tf.randomNormal(gamma!.shape, 1, 1, 'float32', 2));
    const weights = tf.randomNormal([3, 4, 5], 0, 1, 'float32', 7);
    const loss = (training: boolean) => (input: tf.Tensor) =>
      (layer.apply(input, { training }) as tf.Tensor).mul(weights).sum().asScalar();
    const [own, standard] = [true, false].map((training) => ({
      ofInput: tf.grad(loss(training))(x),
      ...tf.variableGrads(() => loss(training)(x), [gamma!, beta!]),
    }));
    expect(own!.value.dataSync()[0]).toBeCloseTo(standard!.value.dataSync()[0]!, 4);
    const pairs = [[own!.ofInput, standard!.ofInput] as const].concat(
      [gamma!, beta!].map(({ name }) => [own!.grads[name]!, standard!.grads[name]!] as const),
    );
    for (const [a, b] of pairs) {
      expect(b.abs().max().dataSync()[0]).toBeGreaterThan(0.1);
      expect(a.sub(b).abs().max().dataSync()[0]).toBeLessThan(1e-4);
    }
  },
);
