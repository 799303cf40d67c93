import fc from 'fast-check';
import { expect, test } from 'vitest';
import { erase } from './erase.ts';

const across = [
  { x: 0, y: 0.5 },
  { x: 1, y: 0.5 },
];

test('cuts a long line where the eraser crossed it', () => {
  const down = [
    { x: 0.5, y: 0 },
    { x: 0.5, y: 1 },
  ];
  const pieces = erase([across], down, 0.1);
  expect(pieces).toHaveLength(2);
  expect(pieces[0]![0]).toEqual({ x: 0, y: 0.5 });
  expect(pieces[0]!.at(-1)!.x).toBeLessThan(0.4);
  expect(pieces[0]!.at(-1)!.x).toBeGreaterThan(0.33);
  expect(pieces[1]![0]!.x).toBeGreaterThan(0.6);
  expect(pieces[1]!.at(-1)).toEqual({ x: 1, y: 0.5 });
});

test('takes a stroke that it covers away whole, and leaves others as they are', () => {
  const dot = [{ x: 0.5, y: 0.1 }];
  expect(erase([dot, across], [{ x: 0.5, y: 0.12 }], 0.05)).toEqual([across]);
});

test('gives the same array back when it touched nothing', () => {
  const strokes = [across];
  expect(erase(strokes, [{ x: 0.5, y: 0.8 }], 0.1)).toBe(strokes);
});

test('leaves no point under the eraser, and adds none that was not on a stroke', () => {
  const point = fc.record({
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(fc.array(point, { minLength: 1, maxLength: 8 }), { maxLength: 4 }), point, (strokes, at) => {
      for (const { x, y } of erase(strokes, [at], 0.1).flat()) {
        expect(Math.hypot(x - at.x, y - at.y)).toBeGreaterThan(0.1);
        expect(x).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 200 },
  );
});
