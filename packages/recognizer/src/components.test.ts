import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findComponents } from './components.ts';
import { type GreyImage, greyImage } from './grey-image.ts';

const anyInk = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 }))
  .chain(([width, height]) =>
    fc
      .array(fc.constantFrom(0, 0, 0, 1, 200), { minLength: width * height, maxLength: width * height })
      .map((greys) => greyImage(width, height, Uint8Array.from(greys))),
  );

function touch({ width }: GreyImage, a: number, b: number): boolean {
  return Math.abs((a % width) - (b % width)) <= 1 && Math.abs(Math.floor(a / width) - Math.floor(b / width)) <= 1;
}

describe('ink that hangs together', () => {
  test('by a side or a corner is one piece, and apart is two', () => {
    // # # . #
    // . . # .   the corners join them; the last row is apart
    // . . . .
    // # . . .
    const picture = greyImage(4, 4, Uint8Array.of(9, 9, 0, 5, 0, 0, 7, 0, 0, 0, 0, 0, 3, 0, 0, 0));
    const { list, labels } = findComponents(picture);
    expect(list).toEqual([
      { box: { left: 0, top: 0, width: 4, height: 2 }, area: 4, peak: 9 },
      { box: { left: 0, top: 3, width: 1, height: 1 }, area: 1, peak: 3 },
    ]);
    expect([...labels]).toEqual([0, 0, -1, 0, -1, -1, 0, -1, -1, -1, -1, -1, 1, -1, -1, -1]);
  });

  test('any image: every inked pixel is in one piece, neighbours in the same, and the pieces say what they hold', () => {
    fc.assert(
      fc.property(anyInk, (image) => {
        const { labels, list } = findComponents(image);
        const inked = [...image.pixels.keys()].filter((at) => image.pixels[at]! > 0);
        expect([...labels.keys()].filter((at) => labels[at]! >= 0)).toEqual(inked);
        for (const a of inked) {
          for (const b of inked) if (touch(image, a, b)) expect(labels[a]).toBe(labels[b]);
        }
        list.forEach(({ box, area, peak }, label) => {
          const mine = inked.filter((at) => labels[at] === label);
          const xs = mine.map((at) => at % image.width);
          const ys = mine.map((at) => Math.floor(at / image.width));
          expect(area).toBe(mine.length);
          expect(peak).toBe(Math.max(...mine.map((at) => image.pixels[at]!)));
          expect(box).toEqual({
            left: Math.min(...xs),
            top: Math.min(...ys),
            width: Math.max(...xs) - Math.min(...xs) + 1,
            height: Math.max(...ys) - Math.min(...ys) + 1,
          });
        });
      }),
    );
  });

  test('a spiral as long as a large picture is followed to its end', () => {
    const side = 401;
    const image = greyImage(side, side);
    for (let ring = 0; ring < side / 2; ring += 2) {
      for (let i = ring; i < side - ring; i++) {
        for (const at of [ring * side + i, (side - 1 - ring) * side + i, i * side + ring, i * side + side - 1 - ring]) {
          image.pixels[at] = 255;
        }
      }
      if (ring > 0) image.pixels[ring * side - side + ring] = 255;
    }
    expect(findComponents(image).list).toHaveLength(1);
  });
});
