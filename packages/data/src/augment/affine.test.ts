import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { type AffineRanges, affine, gentle } from './affine.ts';

const still: AffineRanges = { rotation: 0, scale: 0, shear: 0, translation: 0 };

/** A random source that gives these numbers in [0, 1): rotation, width, height, shear, right, down. */
function scripted(...numbers: number[]) {
  const random = createRandom(0);
  return { ...random, next: () => numbers.shift()! };
}

function draw(paint: (x: number, y: number) => number): Uint8Array {
  return Uint8Array.from({ length: PIXELS }, (_, i) => paint(i % SIDE, Math.floor(i / SIDE)));
}

function moved(image: Uint8Array, ranges: Partial<AffineRanges>, ...numbers: number[]): Uint8Array {
  const out = new Uint8Array(PIXELS);
  affine(image, out, { ...still, ...ranges }, scripted(...numbers));
  return out;
}

const bytes = fc.uint8Array({ minLength: PIXELS, maxLength: PIXELS });

test('with all ranges 0 every image stays what it is, to the bit', () => {
  fc.assert(
    fc.property(bytes, fc.nat(1000), (image, seed) => {
      const out = new Uint8Array(PIXELS);
      affine(image, out, still, createRandom(seed));
      return Buffer.compare(out, image) === 0;
    }),
  );
});

describe('each range does what it says', () => {
  const dot = (atX: number, atY: number) => draw((x, y) => (x === atX && y === atY ? 255 : 0));

  test('translation moves right and down, by whole pixels without a blur', () => {
    expect(moved(dot(10, 12), { translation: 3 }, 0.5, 0.5, 0.5, 0.5, 1, 0)).toEqual(dot(13, 9));
  });

  test('translation by half a pixel spreads a dot over two', () => {
    const expected = draw((x, y) => ((x === 10 || x === 11) && y === 12 ? 128 : 0));
    expect(moved(dot(10, 12), { translation: 0.5 }, 0.5, 0.5, 0.5, 0.5, 1, 0.5)).toEqual(expected);
  });

  test('rotation by 90° turns about the centre, clockwise', () => {
    const out = moved(dot(20, 13), { rotation: 90 }, 1, 0.5, 0.5, 0.5, 0.5, 0.5);
    expect(out).toEqual(dot(14, 20));
  });

  test('scale widens and heightens by its own factor each', () => {
    const square = draw((x, y) => (x >= 10 && x < 18 && y >= 10 && y < 18 ? 255 : 0));
    const out = moved(square, { scale: 0.5 }, 0.5, 1, 0, 0.5, 0.5, 0.5);
    expect(extent(out)).toEqual({ width: 12, height: 4 });
  });

  test('shear leans the top to the right when positive', () => {
    const stick = draw((x, y) => (x === 14 && y > 3 && y < 24 ? 255 : 0));
    const out = moved(stick, { shear: 0.5 }, 0.5, 0.5, 0.5, 1, 0.5, 0.5);
    const centreOfRow = (y: number) => {
      let mass = 0;
      let moment = 0;
      for (let x = 0; x < SIDE; x++) {
        mass += out[y * SIDE + x]!;
        moment += x * out[y * SIDE + x]!;
      }
      return moment / mass;
    };
    expect(centreOfRow(5) - centreOfRow(21)).toBeCloseTo(8, 1);
  });
});

function extent(image: Uint8Array): { width: number; height: number } {
  const bright = [...image.keys()].filter((i) => image[i]! > 127);
  const xs = bright.map((i) => i % SIDE);
  const ys = bright.map((i) => Math.floor(i / SIDE));
  return { width: Math.max(...xs) - Math.min(...xs) + 1, height: Math.max(...ys) - Math.min(...ys) + 1 };
}

test('each image of a batch is moved by values of its own, the same for the same seed', () => {
  const digit = draw((x, y) => (Math.abs(x - y) < 2 ? 255 : 0));
  const batch = new Uint8Array(3 * PIXELS);
  for (let i = 0; i < 3; i++) batch.set(digit, i * PIXELS);
  const once = new Uint8Array(batch.length);
  const again = new Uint8Array(batch.length);
  affine(batch, once, gentle, createRandom(9));
  affine(batch, again, gentle, createRandom(9));
  expect(once).toEqual(again);
  expect(once.subarray(0, PIXELS)).not.toEqual(once.subarray(PIXELS, 2 * PIXELS));
});

test('nothing brighter than the image, and nothing of a neighbour, appears', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.nat(10_000), (grey, seed) => {
      const batch = new Uint8Array(3 * PIXELS).fill(255);
      batch.fill(grey, PIXELS, 2 * PIXELS);
      const out = new Uint8Array(batch.length);
      affine(batch, out, { rotation: 180, scale: 0.9, shear: 1, translation: 30 }, createRandom(seed));
      return out.subarray(PIXELS, 2 * PIXELS).every((pixel) => pixel <= grey);
    }),
  );
});

test('the gentle ranges keep the ink inside the frame', () => {
  // The box that MNIST's glyphs fill, at its usual place.
  const box = draw((x, y) => (x >= 4 && x < 24 && y >= 4 && y < 24 && (x < 6 || x > 21 || y < 6 || y > 21) ? 255 : 0));
  const mass = (image: Uint8Array) => image.reduce((sum, grey) => sum + grey, 0);
  const random = createRandom(1);
  const out = new Uint8Array(PIXELS);
  for (let i = 0; i < 200; i++) {
    affine(box, out, gentle, random);
    expect(mass(out) / mass(box)).toBeGreaterThan(0.7);
  }
});

test.each([
  [100, 100],
  [PIXELS, 2 * PIXELS],
])('%i bytes and room for %i are refused', (length, room) => {
  expect(() => affine(new Uint8Array(length), new Uint8Array(room), still, createRandom(0))).toThrow(
    `it was given ${length} bytes and room for ${room}.`,
  );
});
