import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GreyImage, greyImage } from './grey-image.ts';
import { normalize } from './normalize.ts';
import { drawStrokes } from './strokes.ts';

const SIDE = 28;

/** An image from rows of characters: a space is black, # is 255, a digit d is 25 × d. */
function picture(...rows: string[]): GreyImage {
  const greys = rows.flatMap((row) => Array.from(row, (c) => (c === ' ' ? 0 : c === '#' ? 255 : 25 * Number(c))));
  return greyImage(rows[0]!.length, rows.length, Uint8Array.from(greys));
}

function inkBox({ width, height, pixels }: GreyImage) {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x]! > 0) {
        xs.push(x);
        ys.push(y);
      }
    }
  }
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** The centroid as a 0-based index: the middle of pixel 3 is 3. */
function centroid(frame: Uint8Array): { x: number; y: number } {
  let mass = 0;
  let x = 0;
  let y = 0;
  frame.forEach((grey, at) => {
    mass += grey;
    x += grey * (at % SIDE);
    y += grey * Math.floor(at / SIDE);
  });
  return { x: x / mass, y: y / mass };
}

const mostDifferent = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((most, grey, i) => Math.max(most, Math.abs(grey - b[i]!)), 0);

const framed = (frame: Uint8Array) => inkBox(greyImage(SIDE, SIDE, frame));

/** Enlarges k times and puts it on a black canvas at an offset. */
function enlarge(image: GreyImage, k: number, left: number, top: number, margin: number): GreyImage {
  const width = left + image.width * k + margin;
  const height = top + image.height * k + margin;
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < image.height * k; y++) {
    for (let x = 0; x < image.width * k; x++) {
      pixels[(top + y) * width + left + x] = image.pixels[Math.floor(y / k) * image.width + Math.floor(x / k)]!;
    }
  }
  return greyImage(width, height, pixels);
}

const coordinate = fc.double({ min: 20, max: 180, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
const stroke = fc.array(point, { minLength: 1, maxLength: 12 });
/** One stroke, so that its ink hangs together: where the frame cuts it, it touches the frame's edge. */
const drawing = fc
  .tuple(stroke, fc.integer({ min: 12, max: 30 }))
  .map(([drawn, pen]) => drawStrokes([drawn], { width: 200, height: 200, pen }));

function touchesEdge(frame: Uint8Array): boolean {
  const { left, right, top, bottom } = framed(frame);
  return Math.min(left, top) === 0 || Math.max(right, bottom) === SIDE - 1;
}

/**
 * 28 × 28 glyphs made as MNIST's were. Left out are dots, whose ink does not span 20 pixels (the least square applies
 * to them again), and what the frame may have cut off, which nobody can give back.
 */
const mnistLike = drawing
  .map((image) => normalize(image)!)
  .filter((frame) => {
    const { left, right, top, bottom } = framed(frame);
    return Math.max(right - left, bottom - top) === 19 && !touchesEdge(frame);
  });

describe('MNIST glyphs come back as they were', () => {
  test('a glyph enlarged any number of times, anywhere on any canvas', () => {
    fc.assert(
      fc.property(
        mnistLike,
        fc.integer({ min: 1, max: 12 }),
        fc.nat(90),
        fc.nat(90),
        fc.nat(40),
        (frame, k, left, top, margin) => {
          const again = normalize(enlarge(greyImage(SIDE, SIDE, frame), k, left, top, margin));
          expect(mostDifferent(again!, frame)).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a glyph whose brightest pixel is 254, as some of MNIST’s is', () => {
    fc.assert(
      fc.property(mnistLike, fc.integer({ min: 1, max: 10 }), (frame, k) => {
        const dimmer = frame.map((grey) => Math.min(grey, 254));
        // On the edge between two pixels one grey level more or less decides, in 1 of 10,000 digits.
        const { x, y } = centroid(dimmer);
        fc.pre([x, y].every((c) => Math.abs(c - 14) < 0.49));
        const again = normalize(enlarge(greyImage(SIDE, SIDE, dimmer), k, 3, 5, 7))!;
        expect(mostDifferent(again, dimmer)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('a glyph that the frame cut one row from: 19 rows are not stretched to 20', () => {
    // A stem of 20 rows whose first is lost; its centroid is low enough that the last is in row 27.
    const rows = Array.from({ length: 19 }, (_, y) => (y < 4 ? '########' : y < 12 ? '  ####  ' : '   ##   '));
    const cut = new Uint8Array(SIDE * SIDE);
    rows.forEach((row, y) => {
      for (const [x, c] of [...row].entries()) if (c === '#') cut[(y + 7) * SIDE + x + 10] = 255;
    });
    const whole = normalize(greyImage(SIDE, SIDE, cut))!;
    expect(framed(whole).bottom - framed(whole).top).toBe(18);
    for (const k of [1, 3, 10]) expect(normalize(enlarge(greyImage(SIDE, SIDE, whole), k, 5, 9, 4))).toEqual(whole);
  });

  test('a drawing of 190 pixels is no such glyph, and is stretched', () => {
    const drawn = drawStrokes(
      [
        [
          { x: 100, y: 20 },
          { x: 103, y: 200 },
        ],
      ],
      { width: 220, height: 220, pen: 10 },
    );
    const { top, bottom } = inkBox(drawn);
    expect((bottom - top + 1) % 19).toBe(0);
    const frame = framed(normalize(drawn)!);
    expect(frame.bottom - frame.top).toBe(19);
  });

  test('idempotent: a normalised glyph is its own normal form', () => {
    fc.assert(
      fc.property(mnistLike, (frame) => {
        expect(mostDifferent(normalize(greyImage(SIDE, SIDE, frame))!, frame)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('where a drawing lies on its canvas, and how bright its ink is, changes no more than how a half is rounded', () => {
    fc.assert(
      fc.property(drawing, fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 255 }), (image, left, top, level) => {
        const binary = greyImage(
          image.width,
          image.height,
          image.pixels.map((grey) => (grey > 127 ? 255 : 0)),
        );
        const moved = enlarge(binary, 1, left, top, 3);
        const dimmed = greyImage(
          moved.width,
          moved.height,
          moved.pixels.map((grey) => (grey > 0 ? level : 0)),
        );
        // What is within a grey level of full is left there; and a mean of dim pixels may be a bit off half a level.
        expect(mostDifferent(normalize(dimmed)!, normalize(binary)!)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });
});

describe('each step of the rule', () => {
  test('a full square becomes a full 20 × 20 box in the middle of the frame', () => {
    const frame = normalize(greyImage(50, 50, new Uint8Array(2500).fill(9)))!;
    expect(framed(frame)).toEqual({ left: 4, right: 23, top: 4, bottom: 23 });
    expect(new Set(frame)).toEqual(new Set([0, 255]));
    // A centroid between two pixels belongs to the second: 13.5, as it is in MNIST, and never 14.5.
    expect(centroid(frame)).toEqual({ x: 13.5, y: 13.5 });
  });

  test('the longer side is scaled to 20, the shorter in proportion', () => {
    const frame = normalize(greyImage(40, 100, new Uint8Array(4000).fill(255)))!;
    expect(framed(frame)).toEqual({ left: 10, right: 17, top: 4, bottom: 23 });
  });

  test('greys are means over the area, scaled so that the brightest is 255', () => {
    // 40 × 40: each target pixel is the mean of 2 × 2. One of four pixels inked is a quarter of the brightest.
    const pixels = new Uint8Array(1600).fill(200);
    pixels.fill(0, 0, 80); // the first row of targets …
    pixels[0] = 200; // … is black but for a quarter of the first
    const frame = normalize(greyImage(40, 40, pixels))!;
    const { left } = framed(frame);
    const top = framed(frame).top;
    expect(frame[top * SIDE + left]).toBe(64); // 255 / 4 = 63.75
    expect(frame[(top + 1) * SIDE + left]).toBe(255);
  });

  test('a source pixel that lies under two targets is shared between them', () => {
    // 30 → 20: one and a half source pixels to a target.
    const pixels = new Uint8Array(900).fill(100);
    for (let y = 0; y < 30; y++) pixels[y * 30 + 1] = 0;
    const frame = normalize(greyImage(30, 30, pixels))!;
    const { left, top } = framed(frame);
    expect([...frame.subarray(top * SIDE + left, top * SIDE + left + 3)]).toEqual([170, 170, 255]);
  });

  test('ink below 10 pixels is not blown up to fill the box: the square is 10 at least', () => {
    for (const side of [1, 2, 5, 9, 10]) {
      const box = framed(normalize(greyImage(side, side, new Uint8Array(side * side).fill(1)))!);
      expect(box.right - box.left + 1).toBe(2 * side);
      expect(box.bottom - box.top + 1).toBe(2 * side);
    }
  });

  test('a single pixel becomes 2 × 2 full pixels round the centre', () => {
    for (const grey of [1, 128, 255]) {
      const pixels = new Uint8Array(15 * 9);
      pixels[4 * 15 + 11] = grey;
      const frame = normalize(greyImage(15, 9, pixels))!;
      expect(framed(frame)).toEqual({ left: 13, right: 14, top: 13, bottom: 14 });
      expect([...frame].filter((g) => g === 255)).toHaveLength(4);
    }
  });

  test('the square is anchored at the top-left corner of the ink, so that pixels fall as they do in MNIST', () => {
    // 13 wide, 23 high: the squares from the corner and from the centre would resample the columns differently.
    const ink = greyImage(13, 23, new Uint8Array(13 * 23).fill(255));
    const frame = normalize(ink)!;
    const { left, right, top } = framed(frame);
    const columns = [...frame.subarray((top + 5) * SIDE + left, (top + 5) * SIDE + right + 1)];
    // 13 source pixels are 11.3 target pixels, counted from the left edge.
    expect(columns).toEqual([...new Array(11).fill(255), Math.round(255 * (13 / 1.15 - 11))]);
  });

  test('the pixel of the centroid goes to pixel 14, and what leaves the frame is cut off', () => {
    // Heavy at the left, with a thin arm to the right: the arm does not fit in the frame.
    const rows = Array.from({ length: 20 }, (_, y) => (y === 10 ? `####${'1'.repeat(16)}` : `####${' '.repeat(16)}`));
    const frame = normalize(picture(...rows))!;
    const { left, right, top, bottom } = framed(frame);
    expect([left, right, top, bottom]).toEqual([12, 27, 4, 23]);
  });
});

describe('whatever comes', () => {
  test('no ink is null', () => {
    for (const [width, height] of [
      [1, 1],
      [28, 28],
      [300, 7],
    ] as const) {
      expect(normalize(greyImage(width, height))).toBeNull();
    }
  });

  test('any image gives 784 bytes or, without ink, null; and is left as it was', () => {
    const anyImage = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
      .chain(([width, height]) =>
        fc
          .array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(255)), {
            minLength: width * height,
            maxLength: width * height,
          })
          .map((greys) => greyImage(width, height, Uint8Array.from(greys))),
      );
    fc.assert(
      fc.property(anyImage, (image) => {
        const before = image.pixels.slice();
        const frame = normalize(image);
        expect(mostDifferent(image.pixels, before)).toBe(0);
        if (before.every((grey) => grey === 0)) {
          expect(frame).toBeNull();
          return;
        }
        expect(frame).toHaveLength(784);
      }),
      { numRuns: 300 },
    );
  });

  test('drawings: the brightest pixel is full and the centroid in [13.5, 14.5), unless the frame cuts', () => {
    let whole = 0;
    fc.assert(
      fc.property(drawing, (image) => {
        const frame = normalize(image)!;
        expect(frame).toHaveLength(784);
        expect(Math.max(...frame)).toBeGreaterThanOrEqual(254);
        if (touchesEdge(frame)) return;
        whole++;
        const { x, y } = centroid(frame);
        for (const c of [x, y]) {
          expect(c).toBeGreaterThanOrEqual(13.5);
          expect(c).toBeLessThan(14.5);
        }
      }),
      { numRuns: 80 },
    );
    expect(whole).toBeGreaterThan(20);
  });

  test('very long and thin ink needs memory for its own pixels, not for their square', () => {
    const line = greyImage(60_000, 1, new Uint8Array(60_000).fill(255));
    const frame = normalize(line)!;
    expect(framed(frame)).toMatchObject({ left: 4, right: 23, top: 14, bottom: 14 });
    expect(frame[14 * SIDE + 10]).toBe(255);
    const column = greyImage(1, 60_000, new Uint8Array(60_000).fill(3));
    expect(framed(normalize(column)!)).toMatchObject({ left: 14, right: 14, top: 4, bottom: 23 });
  });

  test('a large image', () => {
    const side = 3000;
    const pixels = new Uint8Array(side * side);
    for (let y = 500; y < 2500; y++) pixels.fill(77, y * side + 1000, y * side + 2000);
    expect(framed(normalize(greyImage(side, side, pixels))!)).toEqual({ left: 9, right: 18, top: 4, bottom: 23 });
  });

  test('two specks at opposite corners of a large canvas still make an image', () => {
    const side = 1000;
    const pixels = new Uint8Array(side * side);
    pixels[0] = 1;
    pixels[side * side - 1] = 255;
    const frame = normalize(greyImage(side, side, pixels))!;
    expect(frame).toHaveLength(784);
    expect(Math.max(...frame)).toBe(255);
  });
});
