import type { Split } from '@mnist-edge/data';
import { PIXELS } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takePerClass } from './per-class.ts';

const names = ['ant', 'bee', 'cat'];

/** Images that carry their own index and label in their first three pixels. */
function marked(labels: readonly number[]): Split {
  const images = new Uint8Array(labels.length * PIXELS);
  labels.forEach((label, i) => {
    images.set([i >> 8, i & 255, label], i * PIXELS);
  });
  return { count: labels.length, images, labels: Uint8Array.from(labels) };
}

function indices({ count, images }: Split): number[] {
  return Array.from({ length: count }, (_, i) => images[i * PIXELS]! * 256 + images[i * PIXELS + 1]!);
}

const labelled = fc.array(fc.nat(2), { maxLength: 60 }).map((more) => [0, 1, 2, 0, 1, 2, ...more]);
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('takes as many different images of each class as it is told, with their own labels', () => {
  fc.assert(
    fc.property(labelled, seeds, fc.integer({ min: 1, max: 2 }), (labels, seed, perClass) => {
      const few = takePerClass(marked(labels), perClass, seed, names);
      expect(few.count).toBe(3 * perClass);
      expect(new Set(indices(few)).size).toBe(few.count);
      indices(few).forEach((index, i) => {
        expect(few.labels[i]).toBe(labels[index]);
        expect(few.images[i * PIXELS + 2]).toBe(labels[index]);
      });
      for (const label of [0, 1, 2]) expect(few.labels.filter((one) => one === label)).toHaveLength(perClass);
    }),
  );
});

test('a smaller number is part of a larger one, and the seed decides', () => {
  const split = marked(Array.from({ length: 600 }, (_, i) => i % 3));
  const [few, more] = [5, 50].map((perClass) => indices(takePerClass(split, perClass, 7, names)));
  expect(more).toEqual(expect.arrayContaining(few!));
  expect(indices(takePerClass(split, 5, 7, names))).toEqual(few);
  expect(indices(takePerClass(split, 5, 8, names))).not.toEqual(few);
});

test('a class with fewer images is named, with what is allowed', () => {
  expect(() => takePerClass(marked([0, 0, 0, 1, 1, 2, 2, 2]), 3, 1, names)).toThrow(
    /--per-class 3: .*only 2 images of the class "bee".*from 1 to 2/,
  );
  expect(() => takePerClass(marked([0, 1]), 1, 1, names)).toThrow(/only 0 images of the class "cat"/);
});
