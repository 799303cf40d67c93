import { resolve } from 'node:path';
import { command, type startProgress, whole } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { datasetFolder } from './dataset.ts';
import { mirrorFrom } from './mirror.ts';
import { prepareFolder } from './prepare-folder.ts';
import { prepareSource } from './prepare-source.ts';
import { prepareSynthetic, SYNTHETIC_COUNTS, SYNTHETIC_SEED } from './prepare-synthetic.ts';
import { SEEDS } from './random.ts';
import type { Source } from './source.ts';

/** What the command line gets from the world around it. */
export interface Surroundings {
  /** The datasets that can be fetched. */
  readonly sources: readonly Source[];
  /** Where downloads are kept, finished or not. */
  readonly downloads: string;
  /** The folder that relative paths start from. */
  readonly base: string;
  /** The mirror for whoever names none: MNIST_EDGE_MIRROR. */
  readonly mirror: string | undefined;
  /** The folder of pictures for whoever names none: MNIST_EDGE_FOLDER. */
  readonly pictures: string | undefined;
  readonly say: (line: string) => void;
  readonly startProgress: typeof startProgress;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly patience: number;
  /** Milliseconds before each further try. */
  readonly pauses: readonly number[];
}

interface Options {
  readonly dataset: string;
  readonly mirror?: string;
  readonly from?: string;
  readonly out?: string;
  readonly seed?: number;
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

const MOST_DIGITS = 1_000_000;

/** The command line of `data:prepare`. */
export function prepareCommand(around: Surroundings): ReturnType<typeof command> {
  const program = command('prepare', 'Makes a dataset folder: fetched, verified and split, or drawn.');
  const names = [...around.sources.map(({ name }) => name), 'folder', 'synthetic'];
  return program
    .addOption(program.createOption('--dataset <name>', 'which dataset').choices(names).default(names[0]))
    .option('--mirror <folder|url>', 'where the raw files are, in place of the public mirrors (or MNIST_EDGE_MIRROR)')
    .option(
      '--from <folder>',
      'folder: where the pictures are, a sub-folder for each class, named as it, of PNG and JPEG files (or MNIST_EDGE_FOLDER)',
    )
    .option(
      '--out <folder>',
      'where the dataset goes (default: .artifacts/data/<dataset>; elsewhere, give Nx --skip-nx-cache)',
    )
    .option('--seed <number>', `synthetic: what to draw (default: ${SYNTHETIC_SEED})`, whole(0, SEEDS - 1))
    .option('--train <count>', `synthetic: digits (default: ${SYNTHETIC_COUNTS.train})`, whole(1, MOST_DIGITS))
    .option(
      '--validation <count>',
      `synthetic: digits (default: ${SYNTHETIC_COUNTS.validation})`,
      whole(1, MOST_DIGITS),
    )
    .option('--test <count>', `synthetic: digits (default: ${SYNTHETIC_COUNTS.test})`, whole(1, MOST_DIGITS))
    .action((options: Options) => prepare(options, around));
}

async function prepare(options: Options, around: Surroundings): Promise<void> {
  const { base, say, sources, startProgress, downloads, patience, pauses } = around;
  const folder = options.out === undefined ? datasetFolder(options.dataset) : resolve(base, options.out);
  if (options.dataset !== 'folder') refuse(options, ['from'], 'only --dataset folder is made from pictures');
  const source = sources.find(({ name }) => name === options.dataset);
  if (options.dataset === 'folder') {
    refuse(
      options,
      ['mirror', 'seed', 'train', 'validation', 'test'],
      'its pictures and their hashes decide everything',
    );
    const from = options.from ?? around.pictures;
    if (!from) {
      throw new Problem(
        '--dataset folder needs to know where the pictures are: --from FOLDER (or MNIST_EDGE_FOLDER=FOLDER), with a ' +
          'sub-folder for each class, named as the class, of PNG and JPEG files.',
      );
    }
    await prepareFolder(resolve(base, from), folder, startProgress, say);
    return;
  }
  if (source === undefined) {
    refuse(options, ['mirror'], 'nothing is fetched for it');
    const { seed = SYNTHETIC_SEED, train = SYNTHETIC_COUNTS.train } = options;
    const { validation = SYNTHETIC_COUNTS.validation, test = SYNTHETIC_COUNTS.test } = options;
    await prepareSynthetic(folder, { counts: { train, validation, test }, seed, startProgress }, say);
    return;
  }
  refuse(
    options,
    ['seed', 'train', 'validation', 'test'],
    'its images and its split are fixed, so that results compare',
  );
  // The environment's is one mirror for all datasets: what it has not, or has of another, the public ones may have.
  const mirrors =
    options.mirror !== undefined
      ? [mirrorFrom(options.mirror, base)]
      : around.mirror
        ? [mirrorFrom(around.mirror, base), ...source.mirrors]
        : source.mirrors;
  await prepareSource({ ...source, mirrors }, folder, { downloads, patience, pauses, startProgress }, say);
}

function refuse(options: Options, names: readonly (keyof Options)[], because: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) {
    throw new Problem(`--${given} is not for --dataset ${options.dataset}: ${because}. Leave it out.`);
  }
}
