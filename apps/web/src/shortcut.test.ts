import { expect, test } from 'vitest';
import { shortcutOf } from './shortcut.ts';

test.each([
  ['z', 'ctrlKey', 'undo'],
  ['z', 'metaKey', 'undo'],
  ['y', 'ctrlKey', 'redo'],
  ['Delete', null, 'clear'],
  ['Backspace', null, 'clear'],
  ['Delete', 'ctrlKey', null],
  ['z', null, null],
  ['x', 'ctrlKey', null],
] as const)('%s with %s does %s', (key, held, does) => {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false };
  expect(shortcutOf({ key, ...none, ...(held && { [held]: true }) })).toBe(does);
});

test('Shift turns undo into redo', () => {
  expect(shortcutOf({ key: 'Z', ctrlKey: true, metaKey: false, shiftKey: true })).toBe('redo');
});
