import { PIXELS } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { drawNonDigit, nonDigitNames, nonDigits } from './non-digits.ts';
import { createRandom } from './random.ts';

test.each(nonDigitNames)('%s: an image with ink, another each time, the same for the same seed', (name) => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 30 }, () => nonDigits[name](random));
  };
  const images = draw(1);
  for (const image of images) expect(image).toHaveLength(PIXELS);
  expect(images.filter((image) => image.some((grey) => grey > 0)).length).toBeGreaterThanOrEqual(28);
  expect(new Set(images.map((image) => image.join())).size).toBe(30);
  expect(draw(1)).toEqual(images);
  expect(draw(2)).not.toEqual(images);
});

test('all families are drawn from', () => {
  const random = createRandom(5);
  const images = Array.from({ length: 200 }, () => drawNonDigit(random).join());
  expect(new Set(images).size).toBeGreaterThan(195);
});
