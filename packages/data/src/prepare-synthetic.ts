import { shown, type startProgress } from '@mnist-edge/command';
import { type DatasetInfo, intact, type SplitName, splitNames, summary } from './dataset.ts';
import { createRandom } from './random.ts';
import { drawDigits } from './synthetic.ts';
import { writeDataset } from './write-dataset.ts';

export interface SyntheticSettings {
  readonly counts: Readonly<Record<SplitName, number>>;
  readonly seed: number;
  readonly startProgress: typeof startProgress;
}

/** As many as make training, export and the tests mean something while the whole takes some seconds. */
export const SYNTHETIC_COUNTS = { train: 11_000, validation: 1_000, test: 2_000 } as const;
export const SYNTHETIC_SEED = 1;

/** See `recipe` of dataset.json. */
const RECIPE = 1;

/**
 * Makes a dataset folder of drawn digits. Does nothing when the folder is there, intact and drawn with these settings.
 * @throws {Problem} when the folder cannot be written; an earlier dataset is then unchanged
 */
export async function prepareSynthetic(
  folder: string,
  settings: SyntheticSettings,
  say: (line: string) => void,
): Promise<DatasetInfo> {
  const { counts, seed } = settings;
  const facts = {
    name: 'synthetic',
    description:
      'Synthetic: handwritten-like digits drawn by a program from stroke skeletons. Not MNIST, and nothing that was ' +
      'collected from people: accuracy on it says nothing about accuracy on MNIST.',
    labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    rawFiles: {},
    recipe: RECIPE,
    splitSeed: seed,
  };
  const present = await intact(folder, { ...facts, counts });
  if (present !== null) {
    say(`${shown(folder)} is already prepared and intact: ${summary(present)}.`);
    return present;
  }
  const random = createRandom(seed);
  const total = splitNames.reduce((sum, name) => sum + counts[name], 0);
  const progress = settings.startProgress('draw synthetic digits', total);
  let done = 0;
  const draw = (count: number) => {
    const split = drawDigits(count, random, (drawn) => progress.update(done + drawn, `${done + drawn} digits`));
    done += count;
    return split;
  };
  const splits = { train: draw(counts.train), validation: draw(counts.validation), test: draw(counts.test) };
  progress.update(total, `${total} digits`);
  progress.stop();
  const info = await writeDataset(folder, facts, splits);
  say(`${shown(folder)} is prepared: ${summary(info)}. It is synthetic: drawn, not MNIST.`);
  return info;
}
