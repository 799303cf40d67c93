import { expect, test } from 'vitest';
import { outliersPerEpoch } from './outliers.ts';

test('as many as the share says', () => {
  expect(outliersPerEpoch(0.25, 40, 10)).toBe(10);
  expect(outliersPerEpoch(0, 40, 10)).toBe(0);
});

test('where every label is taken, the option is refused by name', () => {
  expect(() => outliersPerEpoch(0.1, 40, 256)).toThrow(/--outliers 0\.1.*256 classes/);
  expect(outliersPerEpoch(0, 40, 256)).toBe(0);
});
