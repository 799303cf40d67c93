import { createRandom } from '@mnist-edge/data';
import { Problem } from '@mnist-edge/recognizer';
import { chooseConfig } from '../choose-config.ts';
import type { TrainConfig } from '../config.ts';
import { draw, parseSpace } from './space.ts';

/** Draws in a row that find nothing new, after which the space counts as used up. */
const PATIENCE = 1000;

/**
 * Draws the trials of a sweep: random search (Bergstra & Bengio 2012), no point twice. The first n are the same however
 * many are drawn.
 * @param from the space's file, for messages
 * @returns a config for each, of all epochs; fewer than `trials` where the space has no more points
 * @throws {Problem} when the space, or a config that is drawn from it, is not allowed
 */
export async function drawTrials(json: unknown, from: string, trials: number, seed: number): Promise<TrainConfig[]> {
  const space = parseSpace(json, from);
  const random = createRandom(seed);
  const seen = new Set<string>();
  const configs: TrainConfig[] = [];
  for (let misses = 0; configs.length < trials && misses < PATIENCE; misses++) {
    const settings = draw(space, random);
    const key = JSON.stringify(settings);
    if (seen.has(key)) continue;
    seen.add(key);
    configs.push(await chooseConfig(settings, {}));
    misses = 0;
  }
  const epochs = [...new Set(configs.map((config) => config.epochs))];
  if (epochs.length > 1) {
    throw new Problem(
      `--space ${from}: epochs: the models' recipes have ${epochs.join(' and ')}. Expected one number for all trials: ` +
        `give one, such as "epochs": ${Math.max(...epochs)}.`,
    );
  }
  return configs;
}
