import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const names = ['none', 'affine:gentle', 'elastic', 'noise', 'occlusion'];

test.each([
  ['elastc', 'elastic'],
  ['elastiic', 'elastic'],
  ['noice', 'noise'],
  ['affine:gentel', 'affine:gentle'],
  ['wild', null],
  ['', null],
])('"%s": %s', (typed, expected) => {
  expect(nearest(typed, names)).toBe(expected);
});

test('a name is nearest to itself, and to itself with a letter more', () => {
  const letter = fc.constantFrom(...'abcxyz');
  fc.assert(
    fc.property(fc.constantFrom(...names), letter, fc.nat(20), (name, extra, at) => {
      expect(nearest(name, names)).toBe(name);
      expect(nearest(name.slice(0, at) + extra + name.slice(at), names)).toBe(name);
    }),
  );
});
