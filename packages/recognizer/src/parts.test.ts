import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GreyImage, greyImage } from './grey-image.ts';
import { partsOfInk, partsOfStrokes } from './parts.ts';
import { drawStrokes, type Stroke } from './strokes.ts';

const coordinate = fc.integer({ min: 5, max: 195 });
const stroke = fc.array(fc.record({ x: coordinate, y: fc.integer({ min: 5, max: 65 }) }), {
  minLength: 1,
  maxLength: 6,
});
const strokes = fc.array(stroke, { minLength: 1, maxLength: 6 });
const canvas = { width: 200, height: 70, pen: 6 };

const mass = ({ pixels }: GreyImage) => pixels.reduce((sum, grey) => sum + grey, 0);

/** Two rings side by side, so far apart from edge to edge; below 0 they run into each other. */
function rings(gap: number): GreyImage {
  const ring = (left: number): Stroke =>
    Array.from({ length: 33 }, (_, i) => ({
      x: left + 20 + 20 * Math.sin((i / 16) * Math.PI),
      y: 35 + 28 * Math.cos((i / 16) * Math.PI),
    }));
  return drawStrokes([ring(10), ring(10 + 40 + 6 + gap)], canvas);
}

describe('ink', () => {
  test('any drawing: no part overlaps another, and all together are the ink, but for specks', () => {
    fc.assert(
      fc.property(strokes, (drawn) => {
        const ink = drawStrokes(drawn, canvas);
        const { list, draw } = partsOfInk(ink);
        expect(list.length).toBeGreaterThan(0);
        expect(list.length).toBeLessThanOrEqual(40);
        const masses = list.map((_, i) => mass(draw(i, i)));
        const whole = mass(draw(0, list.length - 1));
        expect(masses.reduce((a, b) => a + b, 0)).toBe(whole);
        expect(whole).toBeLessThanOrEqual(mass(ink));
        expect(masses.every((one) => one > 0)).toBe(true);
        list.forEach(({ box }, i) => {
          expect([draw(i, i).width, draw(i, i).height]).toEqual([box.width, box.height]);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('parts go from left to right by their middles', () => {
    fc.assert(
      fc.property(strokes, (drawn) => {
        const middles = partsOfInk(drawStrokes(drawn, canvas)).list.map(({ box }) => box.left + box.width / 2);
        expect(middles).toEqual(middles.toSorted((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });

  test('rings that touch can be parted where they touch, with hardly any ink cut through', () => {
    const { list, height } = partsOfInk(rings(-4));
    expect(height).toBeGreaterThan(60);
    const cheapest = Math.min(...list.map(({ cut }) => cut ?? Number.POSITIVE_INFINITY));
    const between = list.find(({ cut }) => cut === cheapest)!;
    expect(Math.abs(between.box.left - 56)).toBeLessThan(6);
    // Through a ring's own wall it is two pens of six pixels.
    expect(cheapest * height).toBeLessThan(8);
  });

  test('rings apart are two pieces with nothing to cut between them', () => {
    const { list, draw } = partsOfInk(rings(5));
    const uncut = list.flatMap(({ cut }, i) => (cut === null ? [i] : []));
    expect(uncut).toHaveLength(2);
    expect(mass(draw(0, uncut[1]! - 1))).toBe(mass(draw(uncut[1]!, list.length - 1)));
  });

  test('specks beside ink are left out; a speck alone is not', () => {
    const ink = rings(5);
    ink.pixels[0] = 255;
    expect(partsOfInk(ink).list.map(({ box }) => box)).toEqual(partsOfInk(rings(5)).list.map(({ box }) => box));
    const speck = greyImage(30, 30);
    speck.pixels[300] = 255;
    expect(partsOfInk(speck).list).toMatchObject([{ box: { left: 0, top: 10, width: 1, height: 1 }, cut: null }]);
  });

  test('no ink is no parts', () => {
    expect(partsOfInk(greyImage(9, 9)).list).toEqual([]);
  });

  test('a sheet full of grain has no more parts than a line can have', () => {
    const sheet = greyImage(300, 300);
    for (let y = 0; y < 300; y += 4) for (let x = y % 8; x < 300; x += 4) sheet.pixels[y * 300 + x] = 255;
    expect(partsOfInk(sheet).list.length).toBeLessThanOrEqual(40);
  });
});

describe('strokes', () => {
  test('any strokes, in any unit: parts lie inside their strokes, from left to right, each with ink of its own', () => {
    fc.assert(
      fc.property(strokes, fc.constantFrom(0.001, 1, 1000), (drawn, unit) => {
        const scaled = drawn.map((stroke) => stroke.map(({ x, y }) => ({ x: x * unit, y: y * unit })));
        const { list, draw } = partsOfStrokes(scaled);
        expect(list.length).toBeLessThanOrEqual(40);
        const xs = scaled.flat().map(({ x }) => x);
        list.forEach(({ box }, i) => {
          expect(box.left).toBeGreaterThanOrEqual(Math.min(...xs) - 1e-6 * unit);
          expect(box.left + box.width).toBeLessThanOrEqual(Math.max(...xs) + 1e-6 * unit);
          expect(mass(draw(i, i))).toBeGreaterThan(0);
        });
        const middles = list.map(({ box }) => box.left + box.width / 2);
        expect(middles).toEqual(middles.toSorted((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  test('a stroke that is no wider than a digit is one part', () => {
    const stick = [
      { x: 10, y: 10 },
      { x: 14, y: 90 },
    ];
    const bar = [
      { x: 30, y: 50 },
      { x: 60, y: 48 },
    ];
    const { list, height } = partsOfStrokes([bar, stick]);
    expect(list).toMatchObject([
      { box: { left: 10, top: 10, width: 4, height: 80 }, cut: null },
      { box: { left: 30, top: 48, width: 30, height: 2 }, cut: null },
    ]);
    expect(height).toBe(80);
  });

  test('two digits in one stroke are cut apart between them', () => {
    const ring = (left: number) =>
      Array.from({ length: 33 }, (_, i) => ({
        x: left + 20 - 20 * Math.cos((i / 16) * Math.PI),
        y: 35 + 28 * Math.sin((i / 16) * Math.PI),
      }));
    // The pen runs on from the first ring's left over its top to the second.
    const { list } = partsOfStrokes([[...ring(10), { x: 30, y: 7 }, { x: 70, y: 7 }, ...ring(70)]]);
    expect(list.length).toBeGreaterThan(1);
    expect(list.some(({ box }) => Math.abs(box.left - 60) < 12)).toBe(true);
  });

  test('dots, empty strokes and no strokes are nothing', () => {
    expect(partsOfStrokes([]).list).toEqual([]);
    expect(
      partsOfStrokes([
        [],
        [{ x: 3, y: 3 }],
        [
          { x: 9, y: 9 },
          { x: 9, y: 9 },
        ],
      ]).list,
    ).toEqual([]);
  });
});
