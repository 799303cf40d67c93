import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growth, median, percentile } from './statistics.ts';

const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 60 });

describe('percentile', () => {
  test('nearest rank, on the textbook example', () => {
    const list = [15, 20, 35, 40, 50];
    expect([5, 30, 40, 50, 100].map((p) => percentile(list, p))).toEqual([15, 20, 20, 35, 50]);
  });

  test('of 100 values, the 99th percentile is the 99th', () => {
    const list = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(list, 99)).toBe(99);
  });

  test('numbers are sorted as numbers', () => {
    expect(percentile([9, 10, 100], 50)).toBe(10);
  });

  test('a measured value that the share of values does not exceed, and the smallest such', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (list, p) => {
        const found = percentile(list, p);
        expect(list).toContain(found);
        const needed = (p / 100) * list.length;
        expect(list.filter((value) => value <= found).length).toBeGreaterThanOrEqual(needed);
        expect(list.filter((value) => value < found).length).toBeLessThan(needed);
      }),
    );
  });

  test('leaves the values in their order', () => {
    const list = [3, 1, 2];
    percentile(list, 50);
    expect(list).toEqual([3, 1, 2]);
  });

  test('nothing has no percentile', () => {
    expect(() => percentile([], 99)).toThrow(RangeError);
  });
});

test('the median is the middle one, of two the lower', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2);
  expect(median([7])).toBe(7);
});

describe('growth', () => {
  test.each<[sizes: number[], share: number]>([
    [[100, 106], 0.06],
    [[100, 300, 106], 0.06],
    [[100, 106, 100, 100, 106, 100], 0],
    [[200, 210, 205, 190, 180, 185], -0.0976],
    [[100, 110, 120, 130, 140, 150], 0.2727],
  ])('%j grew by %d', (sizes, share) => {
    expect(growth(sizes)).toBeCloseTo(share, 3);
  });

  test('a leak of one part in a hundred a reading shows in ten', () => {
    expect(growth(Array.from({ length: 10 }, (_, i) => 100 + i))).toBeGreaterThan(0.045);
  });

  test('sizes that only change their order within each half did not grow', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(growth([...sizes, ...sizes.toReversed()])).toBe(0);
      }),
    );
  });
});
