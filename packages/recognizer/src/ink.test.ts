import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GreyImage, greyImage } from './grey-image.ts';
import { findInk } from './ink.ts';
import { normalize } from './normalize.ts';
import { drawStrokes } from './strokes.ts';

const SIDE = 100;

/** A 3, bright ink on black, as a drawing canvas gives it; well inside its border. */
const three = drawStrokes(
  [
    [
      { x: 35, y: 25 },
      { x: 60, y: 22 },
      { x: 68, y: 38 },
      { x: 48, y: 48 },
      { x: 70, y: 60 },
      { x: 60, y: 78 },
      { x: 33, y: 76 },
    ],
  ],
  { width: SIDE, height: SIDE, pen: 9 },
);

function map(image: GreyImage, to: (grey: number, at: number) => number): GreyImage {
  const pixels = Uint8Array.from(image.pixels, (grey, at) => Math.min(255, Math.max(0, Math.round(to(grey, at)))));
  return greyImage(image.width, image.height, pixels);
}

/** The picture's ink painted on paper, both as greys. */
const paint = (image: GreyImage, paper: number, ink: number) =>
  map(image, (grey) => paper + ((ink - paper) * grey) / 255);

const isBlank = (image: GreyImage) => image.pixels.every((grey) => grey === 0);

function mostDifferent(a: GreyImage, b: GreyImage): number {
  return a.pixels.reduce((most, grey, i) => Math.max(most, Math.abs(grey - b.pixels[i]!)), 0);
}

/** Mean difference of two images' greys, after normalisation. */
function difference(a: GreyImage, b: GreyImage): number {
  const [left, right] = [normalize(a), normalize(b)];
  if (left === null || right === null) return left === right ? 0 : 255;
  return left.reduce((sum, grey, i) => sum + Math.abs(grey - right[i]!), 0) / left.length;
}

/** Noise in −1..1, the same at every run. */
function noise(): () => number {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

describe('drawings: a border of one even grey', () => {
  test('bright ink on black comes back unchanged', () => {
    expect(findInk(three)).toEqual(three);
  });

  test('dark ink on light paper comes back as its negative', () => {
    expect(findInk(map(three, (grey) => 255 - grey))).toEqual(three);
  });

  test('any ink on any paper, however little they differ, is found exactly where it is', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (paper, ink) => {
        fc.pre(paper !== ink);
        const binary = map(three, (grey) => (grey > 127 ? 255 : 0));
        expect(mostDifferent(findInk(paint(binary, paper, ink)), binary)).toBe(0);
      }),
    );
  });

  test('faint edges of the ink are ink too', () => {
    const image = greyImage(5, 5, new Uint8Array(25).fill(200));
    image.pixels[12] = 0;
    image.pixels[13] = 199;
    const ink = findInk(image);
    expect(ink.pixels[12]).toBe(255);
    expect(ink.pixels[13]).toBe(1);
    expect(ink.pixels.filter((grey) => grey > 0)).toHaveLength(2);
  });

  test('what is lighter than light paper is not ink when there is darker ink', () => {
    const image = greyImage(5, 5, new Uint8Array(25).fill(200));
    image.pixels[7] = 255; // a glare
    image.pixels[12] = 20;
    const ink = findInk(image);
    expect(ink.pixels[7]).toBe(0);
    expect(ink.pixels[12]).toBe(255);
  });

  test('ink that runs over the border leaves the paper the more frequent grey there', () => {
    const image = greyImage(10, 10, new Uint8Array(100).fill(250));
    for (let y = 0; y < 10; y++) image.pixels[y * 10 + 4] = 10;
    const ink = findInk(image);
    expect([...ink.pixels].map((grey, at) => (grey === 255 ? at % 10 : -1)).filter((x) => x >= 0)).toEqual(
      new Array(10).fill(4),
    );
    expect([...ink.pixels].filter((grey) => grey > 0)).toHaveLength(10);
  });
});

describe('photos: a border that is not even', () => {
  test('grain is cut off and the digit stays what it was', () => {
    for (const [paper, pen] of [
      [215, 60],
      [30, 210],
    ] as const) {
      const random = noise();
      const photo = map(paint(three, paper, pen), (grey) => grey + 12 * random());
      const ink = findInk(photo);
      expect(ink.pixels[0]).toBe(0);
      expect(difference(ink, three)).toBeLessThan(8);
    }
  });

  test('paper lit unevenly from one side is still paper', () => {
    const photo = map(paint(three, 200, 30), (grey, at) => grey + 30 * ((at % SIDE) / SIDE - 0.5));
    const ink = findInk(photo);
    for (let y = 0; y < SIDE; y++) {
      expect(ink.pixels[y * SIDE]).toBe(0);
      expect(ink.pixels[y * SIDE + SIDE - 1]).toBe(0);
    }
    expect(difference(ink, three)).toBeLessThan(8);
  });

  test('an even sheet with grain is blank, light or dark', () => {
    for (const paper of [0, 128, 220, 255]) {
      const random = noise();
      expect(isBlank(findInk(map(greyImage(SIDE, SIDE), () => paper + 11 * random())))).toBe(true);
    }
  });

  test('the least contrast is 24 grey levels', () => {
    const sheet = (ink: number) => {
      const image = greyImage(9, 9, new Uint8Array(81).fill(100));
      image.pixels[0] = 101; // grain
      image.pixels[40] = ink;
      return findInk(image);
    };
    expect(isBlank(sheet(123))).toBe(true);
    expect(isBlank(sheet(77))).toBe(true);
    expect(sheet(124).pixels[40]).toBe(255);
    expect(sheet(76).pixels[40]).toBe(255);
  });

  test('a fifth of the contrast is cut off, and what is left is scaled to the full range', () => {
    const image = greyImage(9, 9, new Uint8Array(81).fill(50));
    image.pixels[0] = 51;
    image.pixels[39] = 90;
    image.pixels[40] = 250;
    image.pixels[41] = 91;
    const { pixels } = findInk(image);
    expect([...pixels.subarray(39, 42)]).toEqual([0, 255, Math.round(255 / 160)]);
  });
});

describe('lossy formats', () => {
  /** Ripples beside every edge, as JPEG leaves them: a shadow three pixels away. */
  const ringed = (image: GreyImage) =>
    map(image, (grey, at) => {
      const beside = Math.min(image.pixels[at - 3] ?? grey, image.pixels[at + 3] ?? grey);
      return grey - 0.08 * Math.max(0, grey - beside);
    });

  test('rings do not widen the ink, where the same image taken as lossless would', () => {
    const jpeg = ringed(paint(three, 230, 20));
    expect(difference(findInk(jpeg, true), three)).toBeLessThan(6);
    const box = (image: GreyImage) => {
      const xs = [...image.pixels].flatMap((grey, at) => (grey > 0 ? [at % SIDE] : []));
      return [Math.min(...xs), Math.max(...xs)] as const;
    };
    const [left, right] = box(findInk(jpeg, true));
    expect(left).toBeGreaterThanOrEqual(box(three)[0]);
    expect(right).toBeLessThanOrEqual(box(three)[1]);
    expect(box(findInk(jpeg))[0]).toBeLessThan(left);
  });

  test('an even sheet whose only marks are faint is blank', () => {
    const sheet = greyImage(16, 16, new Uint8Array(256).fill(240));
    sheet.pixels[120] = 225;
    expect(isBlank(findInk(sheet, true))).toBe(true);
    expect(isBlank(findInk(sheet))).toBe(false);
  });
});

describe('whatever comes', () => {
  test('one pixel, one row, one column', () => {
    for (const grey of [0, 100, 255]) {
      expect(isBlank(findInk(greyImage(1, 1, Uint8Array.of(grey))))).toBe(true);
    }
    const row = Uint8Array.of(200, 200, 0, 200, 200);
    expect([...findInk(greyImage(5, 1, row)).pixels]).toEqual([0, 0, 255, 0, 0]);
    expect([...findInk(greyImage(1, 5, row)).pixels]).toEqual([0, 0, 255, 0, 0]);
  });

  test('a sheet of one grey is blank', () => {
    for (let grey = 0; grey < 256; grey++) {
      expect(isBlank(findInk(greyImage(4, 3, new Uint8Array(12).fill(grey))))).toBe(true);
    }
  });

  test('any image: the same size back, a full 255 where there is ink at all, and the input left as it was', () => {
    const anyImage = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
      .chain(([width, height]) =>
        fc
          .uint8Array({ minLength: width * height, maxLength: width * height })
          .map((pixels) => greyImage(width, height, pixels)),
      );
    fc.assert(
      fc.property(anyImage, fc.boolean(), (image, lossy) => {
        const before = image.pixels.slice();
        const ink = findInk(image, lossy);
        expect(image.pixels).toEqual(before);
        expect([ink.width, ink.height, ink.pixels.length]).toEqual([image.width, image.height, before.length]);
        const highest = Math.max(...ink.pixels);
        expect([0, 255]).toContain(highest);
      }),
    );
  });

  test('an image and its negative give the same ink, but where both sides of the paper differ alike', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 49, maxLength: 49 }), (pixels) => {
        const image = greyImage(7, 7, pixels);
        // An odd count of border greys has one middle; 28 have two, so give the border one grey.
        for (let i = 0; i < 7; i++) for (const at of [i, 42 + i, i * 7, i * 7 + 6]) pixels[at] = 100;
        fc.pre(Math.max(...pixels) - 100 !== 100 - Math.min(...pixels));
        expect(findInk(map(image, (grey) => 255 - grey))).toEqual(findInk(image));
      }),
    );
  });
});
