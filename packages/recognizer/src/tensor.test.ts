import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PIXELS, SIDE, toTensor } from './tensor.ts';

test('an image is 28 × 28', () => {
  expect(SIDE).toBe(28);
  expect(PIXELS).toBe(784);
});

test('0..255 becomes 0..1, rounded once to float32, and comes back exactly', () => {
  const all = Uint8Array.from({ length: 256 }, (_, grey) => grey);
  const tensor = toTensor(all);
  expect(tensor).toBeInstanceOf(Float32Array);
  expect(tensor[0]).toBe(0);
  expect(tensor[255]).toBe(1);
  tensor.forEach((value, grey) => {
    expect(value).toBe(Math.fround(grey / 255));
    expect(Math.round(value * 255)).toBe(grey);
  });
});

test('a given array is filled and returned', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const out = new Float32Array(bytes.length).fill(7);
      expect(toTensor(bytes, out)).toBe(out);
      expect(out).toEqual(Float32Array.from(bytes, (grey) => grey / 255));
    }),
  );
});
