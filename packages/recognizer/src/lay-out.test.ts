import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut } from './lay-out.ts';
import { normalize } from './normalize.ts';
import { drawStrokes, type Stroke } from './strokes.ts';

const coordinate = fc.double({ min: 0, max: 1, noNaN: true });
const stroke = fc.array(fc.record({ x: coordinate, y: coordinate }), { minLength: 1, maxLength: 8 });
const strokes = fc.array(stroke, { minLength: 1, maxLength: 3 });

function draw(strokes: readonly Stroke[]) {
  const sheet = layOut(strokes, 0.05);
  return sheet === null ? null : drawStrokes(sheet.strokes, sheet.canvas);
}

function inkBox({ width, pixels }: { width: number; pixels: Uint8Array }) {
  const at = Array.from(pixels.keys()).filter((index) => pixels[index] !== 0);
  const xs = at.map((index) => index % width);
  const ys = at.map((index) => Math.floor(index / width));
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return { left, right, top, bottom, longest: Math.max(right - left, bottom - top) + 1 };
}

describe('layOut', () => {
  test('makes the ink 160 pixels long, in one piece with an empty edge around it', () => {
    fc.assert(
      fc.property(strokes, (drawing) => {
        const image = draw(drawing);
        fc.pre(image !== null);
        const { longest, left, right, top, bottom } = inkBox(image);
        // A corner of the path between two pixels may cost or add one.
        expect(Math.abs(longest - 160)).toBeLessThanOrEqual(1);
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(1);
        expect(Math.max(right, bottom)).toBeLessThanOrEqual(image.width - 2);
      }),
      { numRuns: 50 },
    );
  });

  test('gives the same picture wherever and however large it was drawn', () => {
    const digit: Stroke[] = [
      [
        { x: 0.25, y: 0.125 },
        { x: 0.75, y: 0.25 },
        { x: 0.5, y: 0.875 },
      ],
    ];
    const small = digit.map((stroke) => stroke.map(({ x, y }) => ({ x: 0.5 + x / 8, y: 0.25 + y / 8 })));
    expect(Buffer.compare(draw(small)!.pixels, draw(digit)!.pixels)).toBe(0);
  });

  test("makes a stroke as wide as MNIST's, 2.5 of 28 pixels, however long it is", () => {
    for (const length of [0.06, 0.3, 0.95]) {
      const seen = normalize(
        draw([
          [
            { x: 0.5, y: 0.02 },
            { x: 0.5, y: 0.02 + length },
          ],
        ])!,
      )!;
      const row = seen.slice(14 * 28, 15 * 28);
      expect(row.reduce((sum, grey) => sum + grey, 0) / 255).toBeCloseTo(2.5, 1);
    }
  });

  test('finds nothing to read in an empty sheet, a tap or a tick shorter than the pen', () => {
    expect(layOut([], 0.05)).toBeNull();
    expect(layOut([[{ x: 0.5, y: 0.5 }]], 0.05)).toBeNull();
    expect(
      layOut(
        [
          [
            { x: 0.5, y: 0.5 },
            { x: 0.53, y: 0.54 },
          ],
        ],
        0.05,
      ),
    ).toBeNull();
    expect(
      layOut(
        [
          [
            { x: 0.5, y: 0.5 },
            { x: 0.56, y: 0.5 },
          ],
        ],
        0.05,
      ),
    ).not.toBeNull();
  });
});
