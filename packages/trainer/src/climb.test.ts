import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { climb, hold } from './climb.ts';

const variables = () => [tf.variable(tf.tensor2d([1, 2], [1, 2])), tf.variable(tf.tensor1d([3]))];
const values = (of: readonly tf.Tensor[]) => of.map((tensor) => Array.from(tensor.dataSync()));

test('all variables together are moved by the distance along the gradient, and put back bit for bit', () => {
  const weights = variables();
  const tensors = tf.memory().numTensors;
  const gradients = [tf.tensor2d([2, -1], [1, 2]), tf.tensor1d([2])]; // of length 3
  const back = hold(weights);
  climb(weights, gradients, 1.5);
  expect(values(weights)).toEqual([[2, 1.5], [4]]);
  back();
  expect(values(weights)).toEqual([[1, 2], [3]]);
  tf.dispose(gradients);
  expect(tf.memory().numTensors).toBe(tensors);
});

test('where the loss is flat they stay', () => {
  const weights = variables();
  climb(weights, [tf.zeros([1, 2]), tf.zeros([1])], 1.5);
  expect(values(weights)).toEqual([[1, 2], [3]]);
});
