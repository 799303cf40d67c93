import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawStrokes, type Stroke } from './strokes.ts';

const canvas = { width: 40, height: 30, pen: 5 };

const coordinate = fc.double({ min: -20, max: 60, noNaN: true });
const stroke = fc.array(fc.record({ x: coordinate, y: coordinate }), { maxLength: 6 });
const strokes = fc.array(stroke, { maxLength: 4 });
const pen = fc.double({ min: 0.5, max: 15, noNaN: true });

function mostDifferent(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((most, grey, i) => Math.max(most, Math.abs(grey - b[i]!)), 0);
}

describe('coverage', () => {
  test('a horizontal stroke covers its pen width, and no more', () => {
    const image = drawStrokes(
      [
        [
          { x: 5, y: 10 },
          { x: 15, y: 10 },
        ],
      ],
      { width: 20, height: 20, pen: 4 },
    );
    const column = Array.from({ length: 20 }, (_, y) => image.pixels[y * 20 + 10]);
    expect(column).toEqual(column.map((_, y) => (y >= 8 && y < 12 ? 255 : 0)));
  });

  test('a stroke between pixels covers its edge pixels in part', () => {
    const image = drawStrokes(
      [
        [
          { x: 2, y: 10.25 },
          { x: 18, y: 10.25 },
        ],
      ],
      { width: 20, height: 20, pen: 4 },
    );
    const column = Array.from({ length: 7 }, (_, y) => image.pixels[(y + 7) * 20 + 10]);
    expect(column).toEqual([0, 191, 255, 255, 255, 64, 0]); // ink from 8.25 to 12.25
  });

  test('a stroke ends in half a pen, round', () => {
    const { pixels } = drawStrokes(
      [
        [
          { x: 10, y: 10 },
          { x: 20, y: 10 },
        ],
      ],
      { width: 40, height: 20, pen: 8 },
    );
    const inked = (y: number) => Array.from({ length: 40 }, (_, x) => x).filter((x) => pixels[y * 40 + x]! > 127);
    expect(inked(10)).toEqual(Array.from({ length: 18 }, (_, i) => 6 + i));
    expect(inked(6)[0]).toBeGreaterThan(6);
  });

  test('the ink of a stroke is its length times its pen, and a disc, within 1 %', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 60, max: 140, noNaN: true }),
        fc.double({ min: 60, max: 140, noNaN: true }),
        fc.double({ min: 60, max: 140, noNaN: true }),
        fc.integer({ min: 10, max: 40 }),
        (x, y, to, width) => {
          const { pixels } = drawStrokes(
            [
              [
                { x, y },
                { x: to, y: 100 },
              ],
            ],
            { width: 200, height: 200, pen: width },
          );
          const area = pixels.reduce((sum, grey) => sum + grey, 0) / 255;
          const expected = Math.hypot(to - x, 100 - y) * width + (Math.PI * width * width) / 4;
          expect(Math.abs(area - expected) / expected).toBeLessThan(0.01);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('strokes that cross are no brighter than one', () => {
    const twice = drawStrokes([[{ x: 20, y: 15 }], [{ x: 20, y: 15 }]], canvas);
    expect(twice).toEqual(drawStrokes([[{ x: 20, y: 15 }]], canvas));
  });
});

describe('dots', () => {
  test('one point is a round dot of the pen’s diameter', () => {
    const { pixels } = drawStrokes([[{ x: 20, y: 15 }]], { ...canvas, pen: 10 });
    expect(pixels.reduce((sum, grey) => sum + grey, 0) / 255).toBeCloseTo(Math.PI * 25, 0);
    for (let y = 0; y < 30; y++) {
      for (let x = 0; x < 40; x++) {
        const distance = Math.hypot(x + 0.5 - 20, y + 0.5 - 15);
        if (distance < 4.5) expect(pixels[y * 40 + x]).toBe(255);
        if (distance > 5.5) expect(pixels[y * 40 + x]).toBe(0);
      }
    }
  });

  test('a pen that does not move is a dot, however often it is reported', () => {
    const dot = { x: 12.3, y: 8.7 };
    expect(drawStrokes([[dot, dot, dot]], canvas)).toEqual(drawStrokes([[dot]], canvas));
  });
});

describe('whatever comes', () => {
  test('no strokes, and strokes without points, draw nothing', () => {
    for (const nothing of [[], [[]], [[], []]] as Stroke[][]) {
      const image = drawStrokes(nothing, canvas);
      expect([image.width, image.height]).toEqual([40, 30]);
      expect(image.pixels).toEqual(new Uint8Array(1200));
    }
  });

  test('a stroke from far outside to far outside is drawn where it crosses, without wrapping round', () => {
    const { pixels } = drawStrokes(
      [
        [
          { x: -1e6, y: 15 },
          { x: 1e6, y: 15 },
        ],
      ],
      { ...canvas, pen: 2 },
    );
    expect([...pixels]).toEqual(Array.from(pixels, (_, at) => ([14, 15].includes(Math.floor(at / 40)) ? 255 : 0)));
  });

  test('a stroke outside draws nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(-10, 50), fc.nat(30), (x, y) => {
        const { pixels } = drawStrokes(
          [
            [
              { x, y },
              { x: x * 1.1, y: 30 - y },
            ],
          ],
          canvas,
        );
        expect(pixels.every((grey) => grey === 0)).toBe(true);
      }),
    );
  });

  test('points that are no numbers are left out of the picture, and nothing is thrown', () => {
    const at = { x: Number.NaN, y: 5 };
    expect(drawStrokes([[at], [at, { x: 3, y: 3 }]], canvas).pixels.every((grey) => grey === 0)).toBe(true);
  });

  test('the order of the strokes does not matter', () => {
    fc.assert(
      fc.property(strokes, pen, (drawn, width) => {
        const one = drawStrokes(drawn, { ...canvas, pen: width });
        const other = drawStrokes(drawn.toReversed(), { ...canvas, pen: width });
        expect(mostDifferent(one.pixels, other.pixels)).toBe(0);
      }),
    );
  });

  test('a stroke drawn backwards looks the same', () => {
    fc.assert(
      fc.property(stroke, pen, (drawn, width) => {
        const there = drawStrokes([drawn], { ...canvas, pen: width });
        const back = drawStrokes([drawn.toReversed()], { ...canvas, pen: width });
        expect(mostDifferent(there.pixels, back.pixels)).toBeLessThanOrEqual(1); // rounding
      }),
    );
  });

  test('every pixel is the coverage that its distance to the path gives, however the path lies', () => {
    const far = fc.oneof(
      fc.double({ min: -200, max: 200, noNaN: true }),
      fc.integer({ min: 0, max: 33 }),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e-300 }),
    );
    const segment = fc.tuple(far, far, far, far);
    fc.assert(
      fc.property(segment, pen, ([ax, ay, bx, by], width) => {
        const { pixels } = drawStrokes(
          [
            [
              { x: ax, y: ay },
              { x: bx, y: by },
            ],
          ],
          { width: 33, height: 33, pen: width },
        );
        const length = (bx - ax) ** 2 + (by - ay) ** 2;
        const expected = pixels.map((_, i) => {
          const [x, y] = [(i % 33) + 0.5 - ax, Math.floor(i / 33) + 0.5 - ay];
          const along = length === 0 ? 0 : Math.min(1, Math.max(0, (x * (bx - ax) + y * (by - ay)) / length));
          const distance = Math.hypot(x - along * (bx - ax), y - along * (by - ay));
          return Math.round(255 * Math.min(1, Math.max(0, width / 2 + 0.5 - distance)));
        });
        expect(mostDifferent(pixels, expected)).toBeLessThanOrEqual(1); // rounding
      }),
    );
  });

  test('mirrored and turned strokes give mirrored and turned pictures', () => {
    const square = { width: 33, height: 33 };
    fc.assert(
      fc.property(strokes, pen, (drawn, width) => {
        const { pixels } = drawStrokes(drawn, { ...square, pen: width });
        const moved = (to: (p: { x: number; y: number }) => { x: number; y: number }) =>
          drawStrokes(
            drawn.map((points) => points.map(to)),
            { ...square, pen: width },
          ).pixels;
        const from = (at: (x: number, y: number) => number) =>
          pixels.map((_, i) => pixels[at(i % 33, Math.floor(i / 33))]!);
        const mirrored = moved(({ x, y }) => ({ x: 33 - x, y }));
        expect(
          mostDifferent(
            mirrored,
            from((x, y) => y * 33 + (32 - x)),
          ),
        ).toBeLessThanOrEqual(1);
        const turned = moved(({ x, y }) => ({ x: y, y: x }));
        expect(
          mostDifferent(
            turned,
            from((x, y) => x * 33 + y),
          ),
        ).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a wider pen never takes ink away', () => {
    fc.assert(
      fc.property(strokes, pen, fc.double({ min: 0, max: 5, noNaN: true }), (drawn, width, more) => {
        const thin = drawStrokes(drawn, { ...canvas, pen: width }).pixels;
        const wide = drawStrokes(drawn, { ...canvas, pen: width + more }).pixels;
        expect(wide.every((grey, i) => grey >= thin[i]!)).toBe(true);
      }),
    );
  });
});
