import { expect, test } from 'vitest';
import { percent } from './percent.ts';

test('a share is rounded to the digits asked for', () => {
  expect([percent(0.99694), percent(1), percent(0.99694, 1), percent(0.5, 0)]).toEqual([
    '99.69 %',
    '100.00 %',
    '99.7 %',
    '50 %',
  ]);
});
