import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { auroc } from './auroc.ts';

test('apart is 1, the wrong way round 0, the same a half', () => {
  expect(auroc([2, 3], [0, 1])).toBe(1);
  expect(auroc([0, 1], [2, 3])).toBe(0);
  expect(auroc([1, 1], [1])).toBe(0.5);
  expect(auroc([1, 3], [2])).toBe(0.5);
});

test('it is the share of pairs that are in order, ties counting half', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(scores, scores, (digits, others) => {
      const pairs = digits.flatMap((a) => others.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
      expect(auroc(digits, others)).toBeCloseTo(pairs.reduce<number>((a, b) => a + b, 0) / pairs.length, 12);
    }),
  );
});
