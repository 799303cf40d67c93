import { createRandom } from '@mnist-edge/data';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draw, parseSpace } from './space.ts';

const some = { dropout: { uniform: [0, 0.5] } };

test.each([
  [[], /\[\] is no JSON object/],
  [null, /null is no JSON object/],
  [{ ...some, learningrate: 0.1 }, /"learningrate" is no setting. The settings are: model, .*learningRate/],
  [{ ...some, fromSha256: 'a' }, /"fromSha256" is no setting/],
  [{ ...some, epochs: 0 }, /epochs: 0 is not allowed.*>=1/],
  [{ ...some, optimizer: 'adamax' }, /optimizer: "adamax" is not allowed.*"adam" \| "adamw" \| "sgd"/],
  [{ ...some, model: 'vgg' }, /model: "vgg" is not allowed.*The models are: edge/],
  [{ ...some, augment: 'none,what' }, /augment: "none,what" is not allowed/],
  [{ ...some, batchSize: null }, /batchSize: null is not allowed. Expected a plain value, \{"choice"/],
  [
    { ema: { between: [0, 1] } },
    /ema: \{"between":\[0,1\]\} is not allowed. Expected .*\{"log-uniform": \[low, high\]\}/,
  ],
  [{ ema: { choice: [] } }, /ema: \{"choice":\[\]\} is not allowed/],
  [{ ema: { uniform: [0] } }, /ema: \{"uniform":\[0\]\} is not allowed/],
  [{ ema: { uniform: [0, 0.5], choice: [0] } }, /ema: .* is not allowed/],
  [{ ema: { choice: [0, 1] } }, /ema: 1 is not allowed.*<1/],
  [{ dropout: { uniform: [0, 1.5] } }, /dropout: 1.5 is not allowed.*<1/],
  [
    { dropout: { uniform: [0.5, 0.1] } },
    /dropout: \{"uniform":\[0.5,0.1\]\} is not allowed. Expected the lower bound first/,
  ],
  [{ clipNorm: { 'log-uniform': [0, 1] } }, /clipNorm: .* is not allowed. Expected bounds above 0/],
  [{ schedule: { uniform: [0, 1] } }, /schedule: 0 is not allowed.*"constant" \| "cosine"/],
  [{ batchSize: { uniform: [32, 64.5] } }, /batchSize: 64.5 is not allowed.*integer/],
  [{ ...some, epochs: { choice: [3, 9] } }, /epochs: .* is not allowed. Expected one value: it is what the last rung/],
  [{ ...some, dataset: { choice: ['mnist', 'kmnist'] } }, /dataset: .* Expected one value: accuracies on two datasets/],
  [{ ...some, seed: { uniform: [0, 9] } }, /seed: .* Expected one value: the best of many seeds is luck/],
  [{ epochs: 3 }, /nothing is drawn. Give at least one setting as a distribution/],
])('%j is refused with the file, the setting, the value and what is allowed', (space, words) => {
  expect(() => parseSpace(space, 'space.json')).toThrow(words);
  expect(() => parseSpace(space, 'space.json')).toThrow('--space space.json: ');
});

test('plain values stay, the others are drawn within what they may be', () => {
  const space = parseSpace(
    {
      model: 'edge',
      learningRate: { 'log-uniform': [0.001, 0.0301] },
      dropout: { uniform: [0, 0.5] },
      batchSize: { 'log-uniform': [16, 256] },
      patience: { uniform: [2, 4] },
      optimizer: { choice: ['adam', 'sgd'] },
    },
    'space.json',
  );
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const drawn = draw(space, createRandom(seed));
      expect(drawn.model).toBe('edge');
      expect(drawn.learningRate).toBeGreaterThanOrEqual(0.001);
      expect(drawn.learningRate).toBeLessThanOrEqual(0.0301);
      expect(drawn.dropout).toBeGreaterThanOrEqual(0);
      expect(drawn.dropout).toBeLessThanOrEqual(0.5);
      expect(Number.isInteger(drawn.batchSize)).toBe(true);
      expect(drawn.batchSize).toBeGreaterThanOrEqual(16);
      expect(drawn.batchSize).toBeLessThanOrEqual(256);
      expect([2, 3, 4]).toContain(drawn.patience);
      expect(['adam', 'sgd']).toContain(drawn.optimizer);
    }),
  );
});

test('each whole number, each choice and each decade is drawn as often as the others', () => {
  const space = parseSpace(
    {
      // Rounding to three digits must not reach a fourth decade.
      learningRate: { 'log-uniform': [0.0001, 0.0999] },
      patience: { uniform: [2, 4] },
      optimizer: { choice: ['adam', 'adamw', 'sgd'] },
    },
    'space.json',
  );
  const random = createRandom(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 3000; i++) {
    const { learningRate, patience, optimizer } = draw(space, random);
    for (const key of [`decade ${Math.floor(Math.log10(learningRate!))}`, `patience ${patience}`, optimizer!]) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  expect(counts.size).toBe(9);
  // Six standard deviations of a binomial of 3,000 and a third: 155.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(155);
});
