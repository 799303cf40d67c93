import { createRandom, type Random } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { drawMasks, dropout, dropoutDraws, giveMasks } from './dropout.ts';
import { architectures } from './models/index.ts';

function masks(seed: number): number[][] {
  const layer = dropout(0.5, createRandom(seed));
  return [0, 1].map(() => Array.from((layer.apply(tf.ones([4, 500]), { training: true }) as tf.Tensor).dataSync()));
}

test('drops about half, scales the rest, and differs from step to step', () => {
  const [first, second] = masks(1);
  expect(new Set(first)).toEqual(new Set([0, 2]));
  const dropped = first!.filter((value) => value === 0).length / first!.length;
  // Five standard deviations of a binomial of 2,000.
  expect(Math.abs(dropped - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 2000));
  expect(second).not.toEqual(first);
});

test('the same seed drops the same, another seed does not', () => {
  expect(masks(7)).toEqual(masks(7));
  expect(masks(8)).not.toEqual(masks(7));
});

test('does nothing when nothing is learned', () => {
  const layer = dropout(0.5, createRandom(1));
  expect(Array.from((layer.apply(tf.ones([2, 3])) as tf.Tensor).dataSync())).toEqual([1, 1, 1, 1, 1, 1]);
});

test.each(architectures)('$name: as many random numbers an image as dropoutDraws() says', ({ build }) => {
  let drawn = 0;
  const inner = createRandom(1);
  const next = () => {
    drawn++;
    return inner.next();
  };
  const random: Random = { ...inner, next };
  const model = build({ classes: 10, nextSeed: () => 1, greyLevels: 'as-is', dropout: 0.2, random });
  model.apply(tf.zeros([3, 28, 28, 1]), { training: true });
  expect(drawn).toBeGreaterThan(0);
  expect(drawn).toBe(3 * dropoutDraws(model));
});

test('masks that are drawn before a pass drop what it would have dropped by itself, and only in that pass', () => {
  const build = () => {
    const random = createRandom(5);
    return tf.sequential({
      layers: [tf.layers.reLU({ inputShape: [100] }), dropout(0.3, random), dropout(0.6, random)],
    });
  };
  const [own, given] = [build(), build()];
  const pass = (model: tf.LayersModel) =>
    Array.from((model.apply(tf.ones([2, 100]), { training: true }) as tf.Tensor).dataSync());
  const masks = drawMasks(given, 2);
  giveMasks(given, masks);
  const first = pass(given);
  expect(first).toEqual(pass(own));
  expect(pass(given)).not.toEqual(first);
});
