import { expect, test } from 'vitest';
import { greyImage } from './grey-image.ts';
import { Problem } from './problem.ts';

test('an image without pixels is black', () => {
  const image = greyImage(3, 2);
  expect(image).toEqual({ width: 3, height: 2, pixels: new Uint8Array(6) });
});

test('pixels are taken as they are, without a copy', () => {
  const pixels = Uint8Array.of(1, 2);
  expect(greyImage(2, 1, pixels).pixels).toBe(pixels);
});

test.each([
  [0, 5],
  [5, 0],
  [-1, 5],
  [2.5, 2],
  [Number.NaN, 2],
  [2, Number.POSITIVE_INFINITY],
])('sides of %d × %d are refused', (width, height) => {
  expect(() => greyImage(width, height)).toThrow(Problem);
  expect(() => greyImage(width, height)).toThrow(`${width} × ${height}`);
});

test.each([5, 7, 0])('6 pixels are needed, %d are refused', (given) => {
  expect(() => greyImage(3, 2, new Uint8Array(given))).toThrow(
    new Problem(`A grey image of 3 × 2 needs 6 pixels, one byte each; ${given} were given.`),
  );
});
