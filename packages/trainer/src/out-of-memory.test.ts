import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { describeOutOfMemory } from './out-of-memory.ts';

function errorOf(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    return error;
  }
}

test("TensorFlow's refusal of a tensor larger than any memory is said with the way out", async () => {
  await startBackend('tensorflow');
  const error = errorOf(() => tf.fill([2 ** 22, 2 ** 22], 1));
  expect(error).toBeInstanceOf(Error);
  expect(describeOutOfMemory(error, 4096, false)).toMatchObject({
    name: 'Problem',
    message: expect.stringMatching(/at 4096 images a step.*--batch-size 2048, or close other programs\.$/),
  });
});

test('an array that JavaScript has no room for is the same', () => {
  expect(describeOutOfMemory(new RangeError('Array buffer allocation failed'), 1, true)).toMatchObject({
    message: expect.stringMatching(/--batch-size 1,.*go on with what earlier epochs learned: --resume\.$/),
  });
});

test('any other error stays what it is', () => {
  const error = new Error('Invalid TF_Status: 3\nMessage: shapes differ');
  expect(describeOutOfMemory(error, 8, false)).toBe(error);
});
