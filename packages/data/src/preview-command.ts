import { resolve } from 'node:path';
import { artifacts, command, plainName, shown, whole, writeWhole } from '@mnist-edge/command';
import { PIXELS, Problem } from '@mnist-edge/recognizer';
import sharp from 'sharp';
import { augmentation, augmentationGrammar } from './augment/augmentation.ts';
import { augmentationOption } from './augment/augmentation-option.ts';
import { type datasetFolder, readSplit } from './dataset.ts';
import { pickImages, previewSheet, VARIANTS } from './preview-sheet.ts';
import { createRandom, SEEDS } from './random.ts';

/** What the command line gets from the world around it. */
export interface PreviewSurroundings {
  /** The folder that relative paths start from. */
  readonly base: string;
  /** Where a dataset of that name lies. */
  readonly datasetFolder: typeof datasetFolder;
  readonly say: (line: string) => void;
}

interface Options {
  readonly dataset: string;
  readonly augment: string;
  readonly seed: number;
  readonly count: number;
  readonly out?: string;
}

/** A screen pixel of its own could hardly be seen. */
const MAGNIFICATION = 3;
const MOST = 400;

/** The command line of `data:preview`. */
export function previewCommand(around: PreviewSurroundings): ReturnType<typeof command> {
  return command('preview', 'Draws training images beside what an augmentation makes of them, as one PNG.')
    .option('--dataset <name>', 'a dataset made by data:prepare', plainName, 'mnist')
    .option('--augment <kinds>', augmentationGrammar, augmentationOption, 'gentle')
    .option('--seed <number>', 'which images, and what becomes of them', whole(0, SEEDS - 1), 1)
    .option('--count <n>', 'originals, the classes in turn', whole(1, MOST), 16)
    .option('--out <file>', 'where the PNG goes (default: .artifacts/preview/<dataset>.png)')
    .action((options: Options) => preview(options, around));
}

async function preview({ dataset, augment, seed, count, out }: Options, around: PreviewSurroundings): Promise<void> {
  const split = await readSplit(around.datasetFolder(dataset), 'train');
  const random = createRandom(seed);
  const picked = pickImages(split, count, random);
  if (picked.length === 0) {
    throw new Problem(`The dataset ${dataset} has no image to train on, so there is none to show. Prepare another.`);
  }
  const originals = new Uint8Array(picked.length * PIXELS);
  picked.forEach((index, i) => {
    originals.set(split.images.subarray(index * PIXELS, (index + 1) * PIXELS), i * PIXELS);
  });
  const { pixels, width, height } = previewSheet(originals, augmentation(augment), random);
  const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize(width * MAGNIFICATION, height * MAGNIFICATION, { kernel: 'nearest' })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  const file = out === undefined ? artifacts('preview', `${dataset}.png`) : resolve(around.base, out);
  await writeWhole(file, png);
  around.say(
    `Wrote ${shown(file)}: ${picked.length} ${picked.length === 1 ? 'image' : 'images'} of ${dataset}, each at the left of ` +
      `${VARIANTS} that "${augment}" makes of it`,
  );
}
