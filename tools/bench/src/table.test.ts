import { describe, expect, test } from 'vitest';
import { megabytes, short, table, times } from './table.ts';

test('columns line up, numbers flush right', () => {
  expect(
    table(
      ['batch', 'µs'],
      [
        ['1', '47'],
        ['128', '1,280'],
      ],
    ),
  ).toBe(
    [
      '| batch |    µs |', //
      '| ----- | ----: |',
      '| 1     |    47 |',
      '| 128   | 1,280 |',
    ].join('\n'),
  );
});

test('a bar inside a cell does not end it', () => {
  expect(table(['a'], [['x|y']])).toContain('| x\\|y |');
});

test('a table without rows is a head', () => {
  expect(table(['a', 'b'], []).split('\n')).toEqual(['| a   |   b |', '| --- | --: |']);
});

describe('numbers', () => {
  test.each([
    [12_345, '12,300'],
    [1_000_000, '1,000,000'],
    [45.64, '45.6'],
    [0.07891, '0.0789'],
    [0, '0'],
  ])('%d is %s', (value, text) => {
    expect(short(value)).toBe(text);
  });

  test('ratios', () => {
    expect(times(43, 100)).toBe('0.43×');
    expect(times(250, 100)).toBe('2.5×');
  });

  test('megabytes', () => {
    expect(megabytes(199_600_000)).toBe('200 MB');
    expect(megabytes(1_234_000_000)).toBe('1,234 MB');
  });
});
