import { expect, test } from 'vitest';
import { parseCores } from './affinity.ts';

test.each([
  ['0', [0]],
  ['0,1', [0, 1]],
  ['0-3,7', [0, 1, 2, 3, 7]],
])('cores %s', (list, cores) => {
  expect(parseCores(list)).toEqual(cores);
});
