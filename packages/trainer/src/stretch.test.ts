import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@mnist-edge/data';
import { toTensor } from '@mnist-edge/recognizer';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openModelFiles, takeSnapshot, writeModelFiles } from './model-files.ts';
import { architectures } from './models/index.ts';
import { digits } from './run.fixture.ts';
import { stretch } from './stretch.ts';

const PIXELS = 784;

function stretched(pixels: Float32Array): Float32Array {
  return tf.tidy(() =>
    (stretch().apply(tf.tensor4d(pixels, [pixels.length / PIXELS, 28, 28, 1])) as tf.Tensor).dataSync<'float32'>(),
  );
}

test('an image that uses the whole range stays as it is, to the bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: PIXELS, maxLength: PIXELS }), (image) => {
      image[3] = 0;
      image[700] = 255;
      const pixels = toTensor(image);
      expect(stretched(pixels)).toEqual(pixels);
    }),
    { numRuns: 20 },
  );
});

test('each image by itself: on another background and in a weaker contrast it is the same', () => {
  const { images } = digits(3, 1);
  const pixels = toTensor(images);
  const [share, behind] = [[0.2, 0.5, 1] as const, [0.3, 0.5, 0] as const];
  const faint = pixels.map((grey, i) => behind[Math.floor(i / PIXELS)]! + share[Math.floor(i / PIXELS)]! * grey);
  stretched(faint).forEach((grey, i) => {
    expect(grey).toBeCloseTo(pixels[i]!, 5);
  });
});

test('one grey level becomes black, and what hardly differs from it is not made ink', () => {
  for (const grey of [0, 0.4, 1]) expect(new Set(stretched(new Float32Array(PIXELS).fill(grey)))).toEqual(new Set([0]));
  const speck = new Float32Array(PIXELS).fill(0.5);
  speck[100] = 0.505;
  expect(Math.max(...stretched(speck))).toBeCloseTo(0.1, 4);
});

test.each(architectures)('$name with it: contrast changes no answer, and files bring it back', async ({ build }) => {
  const random = createRandom(1);
  const model = build({
    classes: 10,
    nextSeed: () => random.whole(2 ** 32),
    greyLevels: 'stretched',
    dropout: 0.1,
    random,
  });
  const image = tf.tensor4d(toTensor(digits(1, 1).images), [1, 28, 28, 1]);
  const answers = (net: tf.LayersModel, input: tf.Tensor) => Array.from((net.predict(input) as tf.Tensor).dataSync());
  const expected = answers(model, image);
  answers(model, image.mul(0.3).add(0.6)).forEach((logit, i) => {
    expect(logit).toBeCloseTo(expected[i]!, 3);
  });
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-stretch-'));
  try {
    await writeModelFiles(folder, await takeSnapshot(model));
    expect(answers(await openModelFiles(folder), image)).toEqual(expected);
  } finally {
    await rm(folder, { recursive: true });
  }
});
