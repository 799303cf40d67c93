import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { batchLoss, targets } from './loss.ts';
import { NO_CLASS } from './outliers.ts';

beforeAll(() => tf.setBackend('cpu'));

test('every row of the targets sums to 1, is highest at its label, and even where there is none', () => {
  const labels = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(NO_CLASS)), { minLength: 1 });
  fc.assert(
    fc.property(labels, fc.double({ min: 0, max: 0.9, noNaN: true }), (drawn, smoothing) => {
      const rows = targets(drawn, 10, smoothing);
      drawn.forEach((label, i) => {
        const row = [...rows.subarray(10 * i, 10 * i + 10)];
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        if (label === NO_CLASS) expect(new Set(row).size).toBe(1);
        else expect(row.indexOf(Math.max(...row))).toBe(label);
      });
    }),
  );
});

test('the loss of an image of no class is least where all classes are equally likely', () => {
  const target = tf.tensor2d(targets([NO_CLASS], 4, 0), [1, 4]);
  const loss = (logits: number[]) => batchLoss('cross-entropy', target, tf.tensor2d(logits, [1, 4])).arraySync();
  expect(loss([2, 2, 2, 2])).toBeCloseTo(Math.log(4), 5);
  expect(loss([2, 2, 2, 3])).toBeGreaterThan(loss([2, 2, 2, 2]));
});

test('both losses fall as the label gets likelier', () => {
  const target = tf.tensor2d(targets([1], 3, 0), [1, 3]);
  for (const kind of ['cross-entropy', 'mean-squared-error'] as const) {
    const loss = (logit: number) => batchLoss(kind, target, tf.tensor2d([0, logit, 0], [1, 3])).arraySync();
    expect(loss(2)).toBeLessThan(loss(1));
  }
});
