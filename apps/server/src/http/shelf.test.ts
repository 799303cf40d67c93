import { expect, test } from 'vitest';
import { createShelf } from './shelf.ts';

test('memory that was given back is taken again where it is large enough', () => {
  const shelf = createShelf();
  const first = shelf.take(1000);
  const second = shelf.take(1000);
  expect(second).not.toBe(first);
  shelf.giveBack(first);
  expect(shelf.take(1001)).not.toBe(first);
  expect(shelf.take(500)).toBe(first);
  expect(shelf.take(500)).not.toBe(first);
});

test('memory that was not taken here, that was given back already, or that is much, is not kept', () => {
  const shelf = createShelf();
  const [foreign, twice, much] = [new ArrayBuffer(10), shelf.take(10), shelf.take(2 ** 21)];
  for (const memory of [foreign, twice, twice, much]) shelf.giveBack(memory);
  expect([shelf.take(10), shelf.take(10), shelf.take(10)].map((memory) => memory === twice)).toEqual([
    true,
    false,
    false,
  ]);
});

test('no more is kept than a few clients need', () => {
  const shelf = createShelf();
  const all = Array.from({ length: 20 }, () => shelf.take(8));
  for (const memory of all) shelf.giveBack(memory);
  const again = Array.from({ length: 20 }, () => shelf.take(8));
  expect(again.filter((memory) => all.includes(memory))).toHaveLength(4);
});

test('what large bodies leave behind is collected each time some megabytes have come', () => {
  let collected = 0;
  const shelf = createShelf(() => collected++);
  for (let megabytes = 1; megabytes <= 5; megabytes++) shelf.giveBack(shelf.take(2 ** 20));
  expect(collected).toBe(2);
});
