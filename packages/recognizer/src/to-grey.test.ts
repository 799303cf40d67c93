import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toGrey } from './to-grey.ts';

type Rgba = readonly [number, number, number, number];
const nothing: Rgba = [0, 0, 0, 0];

test('equal red, green and blue are that grey, exactly', () => {
  const pixels = Array.from({ length: 256 }, (_, grey): Rgba => [grey, grey, grey, 255]);
  expect([...greys(16, pixels)]).toEqual(Array.from({ length: 256 }, (_, grey) => grey));
});

test('colours weigh as the eye sees them', () => {
  expect([
    ...greys(3, [
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [0, 0, 255, 255],
    ]),
  ]).toEqual([76, 150, 29]);
});

test('dark ink on nothing lies on white paper, light ink on black', () => {
  expect([...greys(3, [nothing, [0, 0, 0, 255], nothing])]).toEqual([255, 0, 255]);
  expect([...greys(3, [nothing, [255, 255, 255, 255], nothing])]).toEqual([0, 255, 0]);
  expect([...greys(3, [nothing, [90, 90, 90, 255], nothing])]).toEqual([255, 90, 255]);
});

test('the colour of what cannot be seen does not matter', () => {
  expect([
    ...greys(3, [
      [255, 255, 255, 0],
      [0, 0, 0, 255],
      [255, 0, 255, 0],
    ]),
  ]).toEqual([255, 0, 255]);
});

test('half transparent ink is half paper', () => {
  expect([...greys(3, [nothing, [0, 0, 0, 128], nothing])]).toEqual([255, 127, 255]);
});

test('a fat glyph that fills more than half of its picture is still ink, not paper', () => {
  expect([...greys(4, [nothing, [0, 0, 0, 255], [0, 0, 0, 255], [0, 0, 0, 255]])]).toEqual([255, 0, 0, 0]);
});

test('a sheet with round corners lies on its own paper, whichever way round it is', () => {
  const light: Rgba = [240, 240, 240, 255];
  const dark: Rgba = [10, 10, 10, 255];
  expect([...greys(3, [nothing, light, light, light, dark, light, light, light, nothing])]).toEqual([
    240, 240, 240, 240, 10, 240, 240, 240, 240,
  ]);
  expect([...greys(3, [nothing, dark, dark, dark, light, dark, dark, dark, nothing])]).toEqual([
    10, 10, 10, 10, 240, 10, 10, 10, 10,
  ]);
});

test('an opaque image is its own greys whatever else it holds, and nothing at all is an even sheet', () => {
  const byte = fc.nat(255);
  fc.assert(
    fc.property(fc.array(fc.tuple(byte, byte, byte), { minLength: 1, maxLength: 30 }), (colours) => {
      const found = greys(
        colours.length,
        colours.map(([r, g, b]): Rgba => [r, g, b, 255]),
      );
      for (const [i, [r, g, b]] of colours.entries()) {
        expect(found[i]).toBeGreaterThanOrEqual(Math.min(r, g, b));
        expect(found[i]).toBeLessThanOrEqual(Math.max(r, g, b));
      }
      expect(
        new Set(
          greys(
            colours.length,
            colours.map(([r, g, b]): Rgba => [r, g, b, 0]),
          ),
        ).size,
      ).toBe(1);
    }),
  );
});

function greys(width: number, pixels: readonly Rgba[]): Uint8Array {
  return toGrey({ width, height: pixels.length / width, pixels: Uint8Array.from(pixels.flat()) }).pixels;
}
