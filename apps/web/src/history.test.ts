import { expect, test } from 'vitest';
import { change, redo, startHistory, undo } from './history.ts';

const written = ['a', 'ab', 'abc'].reduce(change<string>, startHistory(''));

test('goes back step by step, and forward again', () => {
  const back = undo(undo(written));
  expect(back.present).toBe('a');
  expect(redo(back).present).toBe('ab');
  expect(redo(redo(back))).toEqual(written);
});

test('stays where it is at either end', () => {
  const start = startHistory('');
  expect(undo(start)).toBe(start);
  expect(redo(written)).toBe(written);
  expect(undo(undo(undo(undo(undo(written))))).present).toBe('');
});

test('forgets what was undone when something new is done', () => {
  const other = change(undo(written), 'abX');
  expect(redo(other)).toBe(other);
  expect(undo(other).present).toBe('ab');
});
