import { PIXELS } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { drawDigits } from '../synthetic.ts';
import { findCopies, findNearCopies } from './duplicates.ts';

const { images, count } = drawDigits(120, createRandom(3));
const image = (i: number) => images.subarray(i * PIXELS, (i + 1) * PIXELS);
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

function rms(all: Uint8Array, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < PIXELS; i++) sum += (all[a * PIXELS + i]! - all[b * PIXELS + i]!) ** 2;
  return Math.sqrt(sum / PIXELS);
}

test('copies to the bit are found, in groups', () => {
  expect(findCopies(images)).toEqual([]);
  expect(findCopies(join(images, image(5), image(7), image(5)))).toEqual([
    [5, count, count + 2],
    [7, count + 1],
  ]);
});

test('near copies: exactly the pairs that comparing every pair would find', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 5, max: 60, noNaN: true }), (seed, most) => {
      const random = createRandom(seed);
      const touched = [1, 2, 3].map(() =>
        image(random.whole(count)).map((grey) => Math.max(0, Math.min(255, grey + random.whole(41) - 20))),
      );
      const all = join(images, ...touched, image(0));
      const pairs: string[] = [];
      for (let a = 0; a < all.length / PIXELS; a++) {
        for (let b = a + 1; b < all.length / PIXELS; b++) {
          const difference = rms(all, a, b);
          if (difference > 0 && difference <= most) pairs.push(`${a} ${b}`);
        }
      }
      const found = findNearCopies(all, most);
      expect(found.map(({ first, second }) => `${first} ${second}`).sort()).toEqual(pairs.sort());
      for (const { first, second, difference } of found) expect(difference).toBeCloseTo(rms(all, first, second));
    }),
    { numRuns: 10 },
  );
});
