import { createRandom, drawDigits, prepareSynthetic, type Split } from '@mnist-edge/data';
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

/** Makes a small dataset folder of drawn digits. */
export async function smallDataset(folder: string, train: number): Promise<void> {
  const silent = { update: () => undefined, stop: () => undefined };
  const settings = { counts: { train, validation: 300, test: 300 }, seed: 1, startProgress: () => silent };
  await prepareSynthetic(folder, settings, () => undefined);
}
