import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { fusedBatchNormRelu, fusedCrossEntropy } from './native-kernels.ts';
import { withGpuKernels } from './on-gpu.fixture.ts';

const shape: [number, number, number, number] = [6, 5, 4, 3];

beforeAll(async () => {
  expect(await startBackend()).toMatchObject({ name: 'tensorflow' });
});

/** Batch normalization and ReLU step by step, with tfjs's own gradients. */
function composed(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.relu(x.sub(mean).div(variance.add(epsilon).sqrt()).mul(gamma).add(beta));
}

test('fused batch norm with ReLU computes what its definition says, and so do its gradients', () => {
  const inputs = [
    tf.randomNormal(shape, 2, 3, 'float32', 1),
    tf.randomNormal([3], 1, 1, 'float32', 2),
    tf.randomNormal([3], 0, 1, 'float32', 3),
  ];
  const weights = tf.randomNormal(shape, 0, 1, 'float32', 4);
  const fused = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
    fusedBatchNormRelu(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3, () => undefined)
      .mul(weights)
      .sum();
  const plain = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => composed(x, gamma, beta, 1e-3).mul(weights).sum();
  const [a, b] = [fused, plain].map((f) => tf.valueAndGrads(f)(inputs));
  expect(a!.value.dataSync()[0]).toBeCloseTo(b!.value.dataSync()[0]!, 3);
  a!.grads.forEach((gradient, i) => {
    const difference = gradient.sub(b!.grads[i]!).abs().max().dataSync()[0]!;
    expect(difference).toBeLessThan(1e-4);
  });
});

test('fused batch norm reports the statistics of the batch', () => {
  const x = tf.randomNormal<tf.Rank.R4>(shape, 2, 3, 'float32', 1);
  const expected = tf.moments(x, [0, 1, 2]);
  const count = shape[0] * shape[1] * shape[2];
  let seen: { mean: Float32Array; variance: Float32Array } | undefined;
  fusedBatchNormRelu(x, tf.ones([3]), tf.zeros([3]), 1e-3, (mean, variance) => {
    seen = { mean: mean.dataSync<'float32'>(), variance: variance.dataSync<'float32'>() };
  });
  // TensorFlow's variance is the unbiased one.
  const variances = expected.variance.mul(count / (count - 1));
  expect(tf.tensor1d(seen!.mean).sub(expected.mean).abs().max().dataSync()[0]).toBeLessThan(1e-4);
  expect(tf.tensor1d(seen!.variance).sub(variances).abs().max().dataSync()[0]).toBeLessThan(1e-3);
});

test('fused cross-entropy is the mean over the batch, and so is its gradient, on a GPU too', () => {
  const target = tf.tensor2d([1, 0, 0, 0.1, 0.2, 0.7], [2, 3]);
  const logits = tf.tensor2d([2, -1, 0.5, 3, 1, -2], [2, 3]);
  const composed = (x: tf.Tensor) => tf.losses.softmaxCrossEntropy(target, x).mul(3).asScalar();
  const fused = (x: tf.Tensor) =>
    fusedCrossEntropy(target, x as tf.Tensor2D)
      .mul(3)
      .asScalar();
  const onGpu = (x: tf.Tensor) => withGpuKernels(() => fused(x));
  const [a, b, c] = [fused, composed, onGpu].map((loss) => tf.valueAndGrad(loss)(logits));
  for (const own of [a!, c!]) {
    expect(own.value.dataSync()[0]).toBeCloseTo(b!.value.dataSync()[0]!, 5);
    expect(own.grad.sub(b!.grad).abs().max().dataSync()[0]).toBeLessThan(1e-6);
  }
});
