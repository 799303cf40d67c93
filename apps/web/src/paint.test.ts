import { expect, test } from 'vitest';
import { columnsFor } from './paint.ts';

test.each([
  [16, 16],
  [24, 12],
  [48, 16],
  [20, 10],
  [17, 16],
  [6, 6],
])('%d pictures stand in %d columns', (channels, columns) => {
  expect(columnsFor(channels)).toBe(columns);
});
