import { createRandom } from '@mnist-edge/data';
import { findArchitecture } from '@mnist-edge/trainer';
import { expect, test } from 'vitest';
import { multiplyAdds } from './multiply-adds.ts';

test.each<[string, number]>([
  ['edge-nano', 28 * 28 * 8 * 9 + 14 * 14 * 14 * 9 * (8 + 14) + 7 * 7 * 16 * 9 * (14 + 16) + 16 * 10],
  ['keras-tutorial', 26 * 26 * 32 * 9 + 5408 * 128 + 128 * 10],
  ['lenet5', 28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25 + 400 * 120 + 120 * 84 + 84 * 10],
  ['mlp', 784 * 512 + 512 * 256 + 256 * 10],
  // The product with the state before the first row, which is 0, depends on nothing.
  ['rnn', 28 * 28 * 256 + 27 * 64 * 256 + 64 * 10],
])('%s', (name, expected) => {
  const random = createRandom(1);
  const model = findArchitecture(name).build({
    classes: 10,
    nextSeed: () => 1,
    greyLevels: 'as-is',
    dropout: 0,
    random,
  });
  expect(multiplyAdds(model)).toBe(expected);
});
