import { expect, test } from 'vitest';
import { textTable } from './text-table.ts';

test('columns are aligned: the first to the left, the others to the right', () => {
  expect(
    textTable([
      ['', 'a', 'long name'],
      ['epochs', '12', '4'],
      ['time', '1 s', '–'],
    ]),
  ).toBe(
    ['          a  long name', '------  ---  ---------', 'epochs   12          4', 'time    1 s          –'].join('\n'),
  );
});
