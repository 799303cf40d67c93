import { PIXELS } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { augmentation } from './augment/augmentation.ts';
import { pickImages, previewSheet, VARIANTS } from './preview-sheet.ts';
import { createRandom } from './random.ts';
import { drawDigits } from './synthetic.ts';

const drawn = drawDigits(60, createRandom(4));

test('images are picked from every class in turn, none of them twice', () => {
  const picked = pickImages(drawn, 20, createRandom(1));
  expect(picked.map((index) => drawn.labels[index])).toEqual([...Array(10).keys(), ...Array(10).keys()]);
  expect(new Set(picked).size).toBe(20);
});

test('where there are fewer images than asked for, all of them are picked', () => {
  expect(pickImages(drawn, 400, createRandom(1))).toHaveLength(drawn.count);
  expect(pickImages({ count: 0, images: new Uint8Array(), labels: new Uint8Array() }, 5, createRandom(1))).toEqual([]);
});

test('the same seed picks the same images, another seed others', () => {
  expect(pickImages(drawn, 20, createRandom(1))).toEqual(pickImages(drawn, 20, createRandom(1)));
  expect(pickImages(drawn, 20, createRandom(1))).not.toEqual(pickImages(drawn, 20, createRandom(2)));
});

/** The 28 × 28 of a sheet whose upper left pixel is there, row by row. */
function cut({ pixels, width }: ReturnType<typeof previewSheet>, left: number, top: number): number[] {
  return Array.from({ length: PIXELS }, (_, i) => pixels[(top + Math.floor(i / 28)) * width + left + (i % 28)]!);
}

/** Left edges of the original and its variants in the first block of a sheet, and the top of its first row. */
const lefts = [6, ...Array.from({ length: VARIANTS }, (_, i) => 6 + 28 + 6 + 30 * i)];
const top = 6;

test('a row is an original and what becomes of it; without augmentation that is itself', () => {
  const original = drawn.images.slice(0, PIXELS);
  const still = previewSheet(original, null, createRandom(1));
  for (const left of lefts) expect(cut(still, left, top)).toEqual([...original]);
  const moved = previewSheet(original, augmentation('affine:strong'), createRandom(1));
  const [first, ...variants] = lefts.map((left) => cut(moved, left, top).join());
  expect(first).toBe([...original].join());
  expect(new Set([first, ...variants]).size).toBe(VARIANTS + 1);
});

test('more originals than a block has rows begin another block at its right', () => {
  const one = previewSheet(drawn.images.slice(0, PIXELS), null, createRandom(1));
  const eight = previewSheet(drawn.images.slice(0, 8 * PIXELS), null, createRandom(1));
  const nine = previewSheet(drawn.images.slice(0, 9 * PIXELS), null, createRandom(1));
  expect(eight).toMatchObject({ width: one.width });
  expect(eight.height).toBeGreaterThan(7 * 28 + one.height);
  expect(nine).toMatchObject({ height: eight.height });
  expect(cut(nine, one.width - 6 + 14, top)).toEqual([...drawn.images.slice(8 * PIXELS, 9 * PIXELS)]);
});
