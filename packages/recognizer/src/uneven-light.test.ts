import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GreyImage, greyImage } from './grey-image.ts';
import { findInk } from './ink.ts';
import { normalize } from './normalize.ts';
import { drawStrokes, type Stroke } from './strokes.ts';

const SIDE = 160;

/** Digits as a person would describe them, in hundredths of the sheet. */
const digits: Readonly<Record<string, readonly string[]>> = {
  two: ['30 30, 44 20, 60 24, 62 38, 48 56, 30 76, 66 76'],
  five: ['64 22, 40 22, 36 46, 54 44, 66 56, 60 72, 34 76'],
  seven: ['28 24, 68 22, 54 50, 44 80', '40 52, 62 50'],
  nine: ['64 32, 50 22, 36 34, 46 48, 62 40, 64 32, 60 80'],
};

function draw(paths: readonly string[], scale = 1): GreyImage {
  const strokes: Stroke[] = paths.map((path) =>
    path.split(',').map((pair) => {
      const [x, y] = pair.trim().split(' ').map(Number);
      return { x: (x! / 100) * SIDE * scale, y: (y! / 100) * SIDE * scale };
    }),
  );
  return drawStrokes(strokes, { width: SIDE, height: SIDE, pen: 11 * scale });
}

/** Noise of mean 0 and standard deviation 1, the same at every run. */
function grain(seed = 7): () => number {
  let state = seed;
  return () => {
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 2 ** 32;
    }
    return sum - 6;
  };
}

/** Light that falls on each point of the sheet, 0..1; x and y in sides. */
type Light = (x: number, y: number) => number;

const shadow =
  (turn: number, offset: number): Light =>
  (x, y) =>
    0.5 + 0.5 / (1 + Math.exp(-((x - 0.5) * Math.cos(turn) + (y - 0.5) * Math.sin(turn) - offset) * 30));
const lamp =
  (turn: number): Light =>
  (x, y) =>
    0.7 + 0.4 * ((x - 0.5) * Math.cos(turn) + (y - 0.5) * Math.sin(turn));

/** A photo of ink on paper: light multiplies what the sheet sends back, and the sensor adds grain. */
function photograph(ink: GreyImage, light: Light, paper: (x: number, y: number) => number, pen: number, noise = 3) {
  const random = grain();
  const pixels = Uint8Array.from(ink.pixels, (grey, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    const sheet = paper(x, y) + ((pen - paper(x, y)) * grey) / 255;
    return Math.min(255, Math.max(0, Math.round(sheet * light(x / SIDE, y / SIDE) + noise * random())));
  });
  return greyImage(SIDE, SIDE, pixels);
}

/**
 * Mean difference of two images' greys, after normalisation; 255 when only one of them is blank. A centroid near the edge
 * of a pixel may move the whole digit by one, which no reader minds: of the nine places the best counts.
 */
function difference(a: GreyImage, b: GreyImage): number {
  const [left, right] = [normalize(a), normalize(b)];
  if (left === null || right === null) return left === right ? 0 : 255;
  const places = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((across) => 28 * down + across));
  return Math.min(
    ...places.map((by) => left.reduce((sum, grey, i) => sum + Math.abs(grey - (right[i + by] ?? 0)), 0) / left.length),
  );
}

const isBlank = (image: GreyImage) => image.pixels.every((grey) => grey === 0);
const white = () => 230;
const ruled = (_: number, y: number) => (y % 22 < 2 ? 180 : 230);
const squared = (x: number, y: number) => (y % 22 < 2 || x % 22 < 2 ? 185 : 230);
/** How near a digit comes back: a stroke that is half a pixel thinner or thicker all along is about 10. */
const NEAR = 10;

describe.each(Object.entries(digits))('a photographed %s comes back as it was drawn', (_, paths) => {
  const ink = draw(paths);

  test('with a lamp at any side', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6.28, noNaN: true }), (turn) => {
        expect(difference(findInk(photograph(ink, lamp(turn), white, 40)), ink)).toBeLessThan(NEAR);
      }),
      { numRuns: 12, seed: 8 },
    );
  });

  test('under a shadow from any side, over any part of it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 6.28, noNaN: true }),
        fc.double({ min: -0.2, max: 0.2, noNaN: true }),
        (turn, offset) => {
          expect(difference(findInk(photograph(ink, shadow(turn, offset), white, 40)), ink)).toBeLessThan(NEAR);
        },
      ),
      { numRuns: 12, seed: 8 },
    );
  });

  test.each([
    ['ruled', ruled],
    ['squared', squared],
  ] as const)('on %s paper, under a lamp and with grain', (_, paper) => {
    expect(difference(findInk(photograph(ink, lamp(1), paper, 30)), ink)).toBeLessThan(NEAR);
    expect(difference(findInk(photograph(ink, () => 1, paper, 30)), ink)).toBeLessThan(NEAR);
  });

  test('as chalk on a board that a lamp shines on', () => {
    const board = photograph(
      ink,
      (x) => 0.5 + 0.5 * x,
      () => 70,
      235,
    );
    expect(difference(findInk(board), ink)).toBeLessThan(NEAR);
  });

  test('small in a corner of the sheet', () => {
    const small = draw(paths, 0.4);
    expect(difference(findInk(photograph(small, shadow(0.5, 0.1), white, 40)), small)).toBeLessThan(NEAR);
  });
});

describe('an empty sheet is blank', () => {
  test.each([2, 6, 12])('with grain of %i grey levels, in any light', (noise) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6.28, noNaN: true }), fc.integer({ min: 60, max: 240 }), (turn, grey) => {
        const empty = greyImage(SIDE, SIDE);
        expect(isBlank(findInk(photograph(empty, lamp(turn), () => grey, 0, noise)))).toBe(true);
      }),
      { numRuns: 12, seed: 8 },
    );
  });

  test('half in a shadow', () => {
    for (const turn of [0, 1, 2, 4]) {
      expect(isBlank(findInk(photograph(greyImage(SIDE, SIDE), shadow(turn, 0), white, 0)))).toBe(true);
    }
  });
});

test('a drawing that runs over its edge is no photo, and its ink at the edge is ink', () => {
  const path = [
    { x: -5, y: 80 },
    { x: 170, y: 60 },
  ];
  const drawing = drawStrokes([path], { width: SIDE, height: SIDE, pen: 14 });
  const ink = findInk(drawing);
  for (const grey of [0, 255]) {
    const at = [...drawing.pixels.keys()].filter((i) => drawing.pixels[i] === grey);
    expect(at.every((i) => ink.pixels[i] === grey)).toBe(true);
  }
});

test('a stain that is paler than the ink, and specks, are dropped', () => {
  const ink = draw(digits.two!);
  const photo = photograph(ink, lamp(2), (x, y) => ((x - 130) ** 2 + (y - 30) ** 2 < 64 ? 150 : 230), 30);
  for (const at of [20 * SIDE + 20, 21 * SIDE + 20]) photo.pixels[at] = 20;
  expect(difference(findInk(photo), ink)).toBeLessThan(NEAR);
});
