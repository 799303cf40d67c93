import { expect, test } from 'vitest';
import { isPenKey, type KeyPen, keyPenStart, pressKey } from './key-pen.ts';

const pen: KeyPen = { x: 0.5, y: 0.5, down: false };
const press = (key: string, held = [key], shift = false, from = pen) => pressKey(from, key, held, shift);

test('arrows move it, Shift makes the step small, two together or the corner keys go aslant', () => {
  expect(press('ArrowRight')).toEqual({ x: 0.55, y: 0.5, down: false });
  expect(press('ArrowUp', ['ArrowUp'], true)).toEqual({ x: 0.5, y: 0.4875, down: false });
  expect(press('ArrowLeft', ['ArrowDown', 'ArrowLeft'])).toEqual({ x: 0.45, y: 0.55, down: false });
  expect(press('End')).toEqual(press('ArrowLeft', ['ArrowDown', 'ArrowLeft']));
});

test('Space and Enter put it down and lift it, Escape lifts it', () => {
  expect(press(' ').down).toBe(true);
  expect(press('Enter', ['Enter'], false, { ...pen, down: true }).down).toBe(false);
  expect(press('Escape', ['Escape'], false, { ...pen, down: true })).toEqual(pen);
});

test('stays on the sheet', () => {
  let at = keyPenStart;
  for (let i = 0; i < 50; i++) at = press('PageUp', ['PageUp'], false, at);
  expect(at).toMatchObject({ x: 1, y: 0 });
});

test('answers to no other key', () => {
  expect(['ArrowUp', ' ', 'Enter', 'Escape', 'Home'].every(isPenKey)).toBe(true);
  expect(['Tab', 'a', 'Delete', 'toString'].some(isPenKey)).toBe(false);
});
