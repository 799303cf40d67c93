import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from './dataset.ts';
import { SPLIT_SEED } from './prepare-source.ts';
import { SEEDS } from './random.ts';
import { mnist } from './sources.ts';
import { selectValidation } from './split.ts';

const sizes = fc.nat(300).chain((count) => fc.tuple(fc.constant(count), fc.nat(count)));

test('every index is in exactly one part, in ascending order, and the parts have their sizes', () => {
  fc.assert(
    fc.property(sizes, fc.nat(SEEDS - 1), ([count, validation], seed) => {
      const selection = selectValidation(count, validation, seed);
      expect(selection.validation).toHaveLength(validation);
      const ascending = (a: number, b: number) => a - b;
      expect([...selection.validation]).toEqual([...selection.validation].sort(ascending));
      expect([...selection.train]).toEqual([...selection.train].sort(ascending));
      const all = [...selection.train, ...selection.validation].sort(ascending);
      expect(all).toEqual(Array.from({ length: count }, (_, index) => index));
    }),
  );
});

test('the same seed gives the same split, another seed another', () => {
  expect(selectValidation(1000, 100, 1)).toEqual(selectValidation(1000, 100, 1));
  expect(selectValidation(1000, 100, 1)).not.toEqual(selectValidation(1000, 100, 2));
});

test('every index is equally likely to be set aside', () => {
  const times = new Uint32Array(20);
  for (let seed = 0; seed < 4000; seed++) for (const index of selectValidation(20, 5, seed).validation) times[index]!++;
  // 1,000 of each are expected, with a standard deviation of 27.
  for (const count of times) expect(Math.abs(count - 1000)).toBeLessThan(140);
});

test("MNIST's split is the one it always was; when this fails, raise the recipe in prepare-source.ts", () => {
  const { validation } = selectValidation(60_000, mnist.validation, SPLIT_SEED);
  expect(sha256(new Uint8Array(validation.buffer))).toBe(
    '78f2e79056480de0029b8ac8dab5a139f5994bef0a4938f00871794bb9dbf6f4',
  );
});
