import { expect, test } from 'vitest';
import { checkGolden, parseGolden, recordGolden } from './golden.ts';
import { Problem } from './problem.ts';
import { PIXELS } from './tensor.ts';

/** Two labels: an image's first pixel, and its last. */
const ends = (shift: number) => async (images: Float32Array) =>
  Float32Array.from({ length: (images.length / PIXELS) * 2 }, (_, i) => {
    const first = (i >> 1) * PIXELS;
    return images[i % 2 === 0 ? first : first + PIXELS - 1]! + shift;
  });
const images = Uint8Array.from({ length: 2 * PIXELS }, (_, i) => i % 251);

test('what was recorded is found again, through JSON too', async () => {
  const golden = await recordGolden(images, ends(0));
  expect(golden.examples.map(({ logits }) => logits)).toEqual([
    [0, Math.fround(30 / 255)],
    [Math.fround(31 / 255), Math.fround(61 / 255)],
  ]);
  await checkGolden(parseGolden(JSON.parse(JSON.stringify(golden))), ends(0.0009));
});

test('another model is told by the first logit that differs', async () => {
  const golden = await recordGolden(images, ends(0));
  await expect(checkGolden(golden, ends(0.01))).rejects.toThrow(
    /^Golden example 0: logit 0 is 0\.00999.*, expected 0 within 0\.001\./,
  );
  await expect(checkGolden(golden, ends(Number.NaN))).rejects.toThrow(Problem);
  const three = async () => new Float32Array(6);
  await expect(checkGolden(golden, three)).rejects.toThrow('Golden example 0 has 2 logits, the model gives 3.');
});

test.each([
  [null, 'golden.json: the file: '],
  [{ schemaVersion: 1, tolerance: 0, examples: [] }, 'golden.json: tolerance: '],
  [{ schemaVersion: 1, tolerance: 1, examples: [] }, 'golden.json: examples: '],
  [{ schemaVersion: 1, tolerance: 1, examples: [{ image: 'ff', logits: [] }] }, 'golden.json: examples.0.image: '],
])('refuses %j', (json, message) => {
  expect(() => parseGolden(json)).toThrow(message);
});
