import { expect, test } from 'vitest';
import { certainty, numbersIn, percentage } from './numbers.ts';

test.each([
  [0, '0%'],
  [0.004, '0%'],
  [0.5, '50%'],
  [0.876, '88%'],
  [0.994, '99%'],
  [0.995, '> 99%'],
  [1, '> 99%'],
])('a probability of %f is %s', (probability, text) => {
  expect(certainty(numbersIn('en'), probability)).toBe(text);
});

test('numbers are written as the language does, each in its own way', () => {
  const write = numbersIn('de');
  expect(percentage(write, 0.9949, 2)).toBe('99,49\u00a0%');
  expect(write(12_345.67)).toBe('12.345,67');
  expect(write(12_345.67, { maximumFractionDigits: 0 })).toBe('12.346');
  expect(write(12_345.67)).toBe('12.345,67');
});
