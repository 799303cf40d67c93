import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Part } from './parts.ts';
import { bestReading, candidatesOf } from './segment.ts';

/** Parts of one height beside each other, from their lefts and widths. */
function row(...parts: readonly (readonly [left: number, width: number, cut?: number])[]): Part[] {
  return parts.map(([left, width, cut]) => ({ box: { left, top: 0, width, height: 100 }, cut: cut ?? null }));
}

const anyRow = fc
  .array(fc.tuple(fc.integer({ min: 3, max: 120 }), fc.integer({ min: -10, max: 60 }), fc.boolean()), {
    minLength: 1,
    maxLength: 14,
  })
  .map((sizes) => {
    let left = 0;
    return sizes.map(([width, gap, cut]): Part => {
      const box = { left, top: 0, width, height: 100 };
      left += width + gap;
      return { box, cut: cut ? 0.1 : null };
    });
  });

describe('candidates', () => {
  test('each part alone is one, whatever its width; longer runs only while they are no wider than a digit', () => {
    fc.assert(
      fc.property(anyRow, (parts) => {
        const candidates = candidatesOf(parts, 100);
        parts.forEach((_, i) => {
          expect(candidates.some(({ first, last }) => first === i && last === i)).toBe(true);
        });
        for (const { first, last, box } of candidates) {
          expect(last - first).toBeLessThan(6);
          if (last > first) expect(box.width).toBeLessThanOrEqual(170);
        }
      }),
    );
  });
});

describe('the best reading', () => {
  test('takes every part once, in order, whatever the net says', () => {
    fc.assert(
      fc.property(anyRow, fc.infiniteStream(fc.double({ min: -20, max: 0, noNaN: true })), (parts, stream) => {
        const candidates = candidatesOf(parts, 100);
        const sureness = candidates.map(() => stream.next().value as number);
        const reading = bestReading(parts, 100, candidates, sureness).map((i) => candidates[i]!);
        expect(
          reading.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
        ).toEqual([...parts.keys()]);
      }),
    );
  });

  const read = (parts: readonly Part[], sure: (first: number, last: number) => number) => {
    const candidates = candidatesOf(parts, 100);
    const sureness = candidates.map(({ first, last }) => sure(first, last));
    return bestReading(parts, 100, candidates, sureness).map((i) => [candidates[i]!.first, candidates[i]!.last]);
  };

  test('parts far apart are two digits though the net would take them for one', () => {
    expect(read(row([0, 30], [70, 30]), (first, last) => (first === last ? -0.1 : 0))).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test('a bar above its digit belongs to it when the net is sure of both together', () => {
    const parts: Part[] = [
      { box: { left: 0, top: 30, width: 50, height: 70 }, cut: null },
      { box: { left: 10, top: 0, width: 50, height: 5 }, cut: null },
    ];
    expect(read(parts, (first, last) => (first === last ? -0.3 : -0.01))).toEqual([[0, 1]]);
  });

  test('ink that was cut is put together again unless the net is surer of the pieces', () => {
    const parts = row([0, 30], [30, 30, 0.2]);
    expect(read(parts, () => -0.1)).toEqual([[0, 1]]);
    expect(read(parts, (first, last) => (first === last ? -0.01 : -3))).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});
