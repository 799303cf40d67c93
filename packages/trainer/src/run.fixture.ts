import { createRandom, drawDigits, type Split } from '@mnist-edge/data';
import { plain, type TrainConfig } from './config.ts';

/** A config that trains in seconds; for tests. */
export const quick: TrainConfig = {
  ...plain,
  model: 'edge',
  dataset: 'synthetic',
  seed: 1,
  epochs: 2,
  batchSize: 50,
  learningRate: 0.01,
  schedule: 'one-cycle',
  augment: 'gentle',
};

/** Drawn digits; the same for the same seed. */
export function digits(count: number, seed: number): Split {
  return drawDigits(count, createRandom(seed));
}
