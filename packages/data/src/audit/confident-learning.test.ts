import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { findLabelErrors } from './confident-learning.ts';

/** Probabilities of a net that is sure, to this degree, of the true class. */
function answers(truth: readonly number[], classes: number, sure = 0.9): Float32Array {
  const rest = (1 - sure) / (classes - 1);
  return Float32Array.from(
    truth.flatMap((label) => Array.from({ length: classes }, (_, i) => (i === label ? sure : rest))),
  );
}

test('planted errors are found, all of them and nothing else, with what they are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 8 }), fc.nat(1000), (classes, seed) => {
      const random = createRandom(seed);
      const truth = Array.from({ length: 200 }, (_, i) => i % classes);
      const wrong = new Set(Array.from({ length: 6 }, () => random.whole(200)));
      const labels = Uint8Array.from(truth, (label, i) => (wrong.has(i) ? (label + 1) % classes : label));
      const suspects = findLabelErrors(answers(truth, classes), labels, classes);
      expect(suspects.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...wrong].sort((a, b) => a - b));
      for (const { index, given, believed } of suspects) {
        expect([given, believed]).toEqual([labels[index], truth[index]]);
      }
    }),
  );
});

test('the surest error is first', () => {
  const labels = Uint8Array.from([0, 0, 0, 0, 1, 1, 1, 1]);
  const probabilities = Float32Array.from([
    0.9, 0.1, 0.9, 0.1, 0.2, 0.8, 0.05, 0.95, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1,
  ]);
  expect(findLabelErrors(probabilities, labels, 2).map(({ index }) => index)).toEqual([3, 7, 2]);
});

test('an image that is merely unsure is no confident suspect, nor is one of a class that no image has', () => {
  const labels = Uint8Array.from([0, 0, 0, 1, 1, 1]);
  const probabilities = Float32Array.from([
    ...[0.9, 0.1, 0],
    ...[0.4, 0.45, 0.15],
    ...[0.05, 0.95, 0],
    ...[0.1, 0.9, 0],
    ...[0.1, 0.9, 0],
    ...[0.05, 0.05, 0.9],
  ]);
  const found = findLabelErrors(probabilities, labels, 3).map(({ index, confident }) => [index, confident]);
  expect(found).toEqual([
    [2, true],
    [5, false],
    [1, false],
  ]);
});
