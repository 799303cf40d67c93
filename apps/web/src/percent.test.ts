import { expect, test } from 'vitest';
import { percentIn } from './percent.ts';

test.each([
  [0, '0%'],
  [0.004, '0%'],
  [0.5, '50%'],
  [0.876, '88%'],
  [0.994, '99%'],
  [0.995, '> 99%'],
  [1, '> 99%'],
])('%f is %s', (probability, text) => {
  expect(percentIn('en')(probability)).toBe(text);
});
