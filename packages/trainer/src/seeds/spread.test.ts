import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seedSpread } from './spread.ts';

test('the spread of known values', () => {
  expect(seedSpread([0.25, 1, 0.5, 0.25])).toEqual({
    count: 4,
    mean: 0.5,
    // Squares of −1/4, 1/2, 0 and −1/4, over 3.
    deviation: Math.sqrt(0.375 / 3),
    median: 0.375,
    lowest: 0.25,
    highest: 1,
  });
});

test('a single run spreads over nothing; none has no spread', () => {
  expect(seedSpread([0.5])).toEqual({ count: 1, mean: 0.5, deviation: 0, median: 0.5, lowest: 0.5, highest: 0.5 });
  expect(() => seedSpread([])).toThrow(RangeError);
});

test('mean and median lie between the lowest and the highest, in whatever order the values come', () => {
  const shares = fc.array(
    fc.integer({ min: 0, max: 10_000 }).map((right) => right / 10_000),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(shares, (values) => {
      const { mean, median, lowest, highest } = seedSpread(values);
      expect(seedSpread([...values].reverse())).toEqual(seedSpread(values));
      for (const middle of [mean, median]) {
        expect(middle).toBeGreaterThanOrEqual(lowest - 1e-12);
        expect(middle).toBeLessThanOrEqual(highest + 1e-12);
      }
    }),
  );
});
