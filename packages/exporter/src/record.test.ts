import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { BATCH, record } from './record.ts';

test('records the kernels, marks the batch axis and keeps the weights', () => {
  const weight = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const recording = record((x) => tf.relu(tf.matMul(x as tf.Tensor2D, weight).reshape([-1, 1, 2])), [2]);
  expect(recording.calls.map((call) => call.kernel).at(-1)).toBe('Relu');
  expect(recording.input.shape).toEqual([BATCH, 2]);
  expect(recording.output.shape).toEqual([BATCH, 1, 2]);
  expect([...recording.constants.values()].map((constant) => Array.from(constant.data))).toContainEqual([1, 2, 3, 4]);
});

test('leaves the engine as it was, also when the pass fails', () => {
  const { runKernel } = tf.engine();
  const tensors = tf.memory().numTensors;
  expect(() =>
    record(() => {
      throw new Error('no');
    }, [2]),
  ).toThrow('no');
  record((x) => tf.relu(x), [2]);
  expect(tf.engine().runKernel).toBe(runKernel);
  expect(tf.memory().numTensors).toBe(tensors);
});

test.each<[string, (x: tf.Tensor) => tf.Tensor, RegExp]>([
  [
    'does more at a larger batch',
    (x) => (x.shape[0] === 2 ? tf.relu(x) : tf.relu(tf.relu(x))),
    /1 kernels for a batch of 2 and 2 for one of 3/,
  ],
  [
    'does something else at a larger batch',
    (x) => (x.shape[0] === 2 ? tf.relu(x) : tf.tanh(x)),
    /Relu for a batch of 2 where it runs Tanh/,
  ],
])('a pass that %s is refused', (_, forward, words) => {
  expect(() => record(forward, [4])).toThrow(words);
});
