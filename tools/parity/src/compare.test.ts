import { expect, test } from 'vitest';
import { compare, table } from './compare.ts';

const reference = Float32Array.of(1, 2, 3, 0);
const labels = Uint8Array.of(1, 1);

test('equal answers', () => {
  expect(compare('a', { logits: reference, seconds: 2 }, reference, labels)).toEqual({
    runtime: 'a',
    images: 2,
    right: 1,
    disagreements: 0,
    largestDifference: 0,
    imagesPerSecond: 1,
  });
});

test('a difference and a disagreement are counted', () => {
  const row = compare('a', { logits: Float32Array.of(2, 1, 3, 0.5), seconds: 1 }, reference, labels);
  expect(row).toMatchObject({ right: 0, disagreements: 1, largestDifference: 1 });
});

test('a logit that is not a number is as far off as can be', () => {
  const row = compare('a', { logits: Float32Array.of(Number.NaN, 2, 3, 0), seconds: 1 }, reference, labels);
  expect(row.largestDifference).toBe(Number.POSITIVE_INFINITY);
});

test('missing answers are an error', () => {
  expect(() => compare('a', { logits: Float32Array.of(1), seconds: 1 }, reference, labels)).toThrow('a gave 1 logits');
});

test('the table has a row for each runtime, in columns', () => {
  const rows = ['first', 'other'].map((name) => compare(name, { logits: reference, seconds: 1 }, reference, labels));
  const lines = table(rows).split('\n');
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  expect(lines[2]).toMatch(/first .*50\.00 %.*reference/);
  expect(lines[3]).toMatch(/other .*50\.00 %.*0 of 2.*0\.0e\+0/);
});
