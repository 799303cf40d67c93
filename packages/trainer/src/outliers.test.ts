import { createRandom, drawDigits } from '@mnist-edge/data';
import { PIXELS } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { NO_CLASS } from './loss.ts';
import { withOutliers } from './outliers.ts';

const split = drawDigits(40, createRandom(3));
const draw = (random: ReturnType<typeof createRandom>) => new Uint8Array(PIXELS).map(() => random.whole(256));

test('images of no class come behind the others, as many as the share says', () => {
  const more = withOutliers(split, 0.25, 1, 10, draw);
  expect(more.count).toBe(50);
  expect(more.images.slice(0, split.images.length)).toEqual(split.images);
  expect([...more.labels]).toEqual([...split.labels, ...Array(10).fill(NO_CLASS)]);
  const drawn = Array.from({ length: 10 }, (_, i) => more.images.slice((40 + i) * PIXELS, (41 + i) * PIXELS).join());
  expect(new Set(drawn).size).toBe(10);
});

test('what is drawn follows from the seed', () => {
  expect(withOutliers(split, 0.1, 1, 10, draw)).toEqual(withOutliers(split, 0.1, 1, 10, draw));
  expect(withOutliers(split, 0.1, 1, 10, draw)).not.toEqual(withOutliers(split, 0.1, 2, 10, draw));
});

test('none are none', () => {
  expect(withOutliers(split, 0, 1, 10, draw)).toBe(split);
});

test('where every label is taken, the option is refused by name', () => {
  expect(() => withOutliers(split, 0.1, 1, 256, draw)).toThrow(/--outliers 0\.1.*256 classes/);
});
