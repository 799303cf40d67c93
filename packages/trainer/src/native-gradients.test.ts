import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { withGpuKernels } from './on-gpu.fixture.ts';

beforeAll(async () => {
  expect(await startBackend()).toMatchObject({ name: 'tensorflow' });
});

test("ReLU's gradient is 1 where the input is above 0, and 0 elsewhere", () => {
  const gradient = tf.grad((x) =>
    tf
      .relu(x)
      .mul(tf.tensor1d([5, 6, 7, 8]))
      .sum(),
  )(tf.tensor1d([-1, 0, 2, 1e-30]));
  expect(Array.from(gradient.dataSync())).toEqual([0, 0, 7, 8]);
});

/** Max pooling's gradient by its definition: each window gives all it gets to its largest number. */
function expected(x: Float32Array, dy: Float32Array, side: number, size: number, stride: number, same: boolean) {
  const out = same ? Math.ceil(side / stride) : Math.floor((side - size) / stride) + 1;
  const before = same ? Math.floor(Math.max(0, (out - 1) * stride + size - side) / 2) : 0;
  const gradient = new Float64Array(x.length);
  for (let row = 0; row < out; row++) {
    for (let column = 0; column < out; column++) {
      let best = -1;
      for (let i = row * stride - before; i < row * stride - before + size; i++) {
        for (let j = column * stride - before; j < column * stride - before + size; j++) {
          const inside = i >= 0 && i < side && j >= 0 && j < side;
          if (inside && (best === -1 || x[i * side + j]! > x[best]!)) best = i * side + j;
        }
      }
      gradient[best]! += dy[row * out + column]!;
    }
  }
  return gradient;
}

test.each([
  ['', false],
  [', by the kernels of a GPU too', true],
])("max pooling's gradient goes to the largest number of each window%s", (_, gpu) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 8 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      fc.nat(),
      (side, size, stride, same, seed) => {
        const images = tf.randomNormal([2, side, side, 3], 0, 1, 'float32', seed) as tf.Tensor4D;
        const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, size, stride, same ? 'same' : 'valid');
        const dy = tf.randomNormal(pool(images).shape, 0, 1, 'float32', seed + 1);
        const learn = () => tf.grad((x) => pool(x).mul(dy).sum())(images);
        const gradient = gpu ? withGpuKernels(learn) : learn();
        for (let image = 0; image < 2; image++) {
          for (let channel = 0; channel < 3; channel++) {
            const plane = (t: tf.Tensor) => t.slice([image, 0, 0, channel], [1, -1, -1, 1]).dataSync() as Float32Array;
            const wanted = expected(plane(images), plane(dy), side, size, stride, same);
            plane(gradient).forEach((x, i) => {
              expect(x).toBeCloseTo(wanted[i]!, 5);
            });
          }
        }
      },
    ),
    { numRuns: 25 },
  );
});

test.each<[string, number[], number[]]>([
  ['a bias', [2, 3, 4, 5], [5]],
  ['a bias with axes of 1', [2, 3, 5], [1, 1, 5]],
  ['a row', [4, 5], [1, 5]],
  ['a column', [4, 5], [4, 1]],
  ['a number', [4, 5], []],
  ['the same shape', [4, 5], [4, 5]],
  ['one of each', [4, 1], [1, 5]],
])('the gradient of a sum with %s is summed to its shape', (_, a, b) => {
  const left = tf.randomNormal(a, 0, 1, 'float32', 1);
  const right = tf.randomNormal(b, 0, 1, 'float32', 2);
  const weights = tf.randomNormal(left.add(right).shape, 0, 1, 'float32', 3);
  const gradients = tf.grads((x, y) => x.add(y).mul(weights).sum())([left, right]);
  // A difference has tfjs's own gradient: that of x − (−y) is that of x + y.
  const own = tf.grads((x, y) => x.sub(y.neg()).mul(weights).sum())([left, right]);
  gradients.forEach((gradient, i) => {
    expect(gradient.shape).toEqual([left, right][i]!.shape);
    expect(gradient.sub(own[i]!).abs().max().dataSync()[0]).toBeLessThan(1e-5);
  });
});

test('where plain JavaScript computes, its own gradients do', async () => {
  await tf.setBackend('cpu');
  try {
    const x = tf.tensor4d([1, -2, 3, 4], [1, 2, 2, 1]);
    const gradient = tf.grad((y) => tf.maxPool(tf.relu(y.add(tf.tensor1d([1]))) as tf.Tensor4D, 2, 2, 'valid').sum())(
      x,
    );
    expect(Array.from(gradient.dataSync())).toEqual([0, 0, 0, 1]);
  } finally {
    await tf.setBackend('tensorflow');
  }
});

test('keeps no tensor behind, in TensorFlow neither', () => {
  const native = tf.backend() as unknown as { getNumOfTFTensors(): number };
  const x = tf.randomNormal([2, 8, 8, 3]);
  const step = () =>
    tf.tidy(() =>
      tf
        .grad((y) => tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid').sum())(x)
        .dataSync(),
    );
  step();
  const before = [tf.memory().numTensors, native.getNumOfTFTensors()];
  for (let i = 0; i < 5; i++) step();
  expect([tf.memory().numTensors, native.getNumOfTFTensors()]).toEqual(before);
});

/** A depthwise convolution by its definition: channels that are convolved each by itself. */
function depthwise(x: tf.Tensor, kernel: tf.Tensor, stride: number): tf.Tensor {
  const alone = kernel.mul(tf.eye(x.shape[3]!)); // [size, size, channels, channels]
  return tf.conv2d(x as tf.Tensor4D, alone as tf.Tensor4D, stride, 'same');
}

test('a depthwise convolution and its gradients are what their definition says', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(1, 2),
      fc.constantFrom(3, 5),
      fc.nat(),
      (side, channels, stride, size, seed) => {
        tf.tidy(() => {
          const x = tf.randomNormal([2, side, side, channels], 0, 1, 'float32', seed);
          const kernel = tf.randomNormal([size, size, channels, 1], 0, 1, 'float32', seed + 1);
          const weigh = tf.randomNormal(depthwise(x, kernel, stride).shape, 0, 1, 'float32', seed + 2);
          const [found, wanted] = [
            (a: tf.Tensor, b: tf.Tensor) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, 'same'),
            (a: tf.Tensor, b: tf.Tensor) => depthwise(a, b, stride),
          ].map((convolve) => [
            convolve(x, kernel),
            ...tf.grads((a: tf.Tensor, b: tf.Tensor) => convolve(a, b).mul(weigh).sum())([x, kernel]),
          ]);
          found!.forEach((tensor, i) => {
            const expected = wanted![i]!.dataSync();
            tensor.dataSync().forEach((value, at) => {
              expect(value).toBeCloseTo(expected[at]!, 3);
            });
          });
        });
      },
    ),
    { numRuns: 40 },
  );
});
