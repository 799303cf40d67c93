import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describeSystemError, shown, type startProgress } from '@mnist-edge/command';
import { PIXELS, Problem } from '@mnist-edge/recognizer';
import { type DatasetInfo, intact, type Split, type SplitName, splitNames, summary } from './dataset.ts';
import { readPicture } from './picture.ts';
import { expectReplaceable, writeDataset } from './write-dataset.ts';

/** See `recipe` of dataset.json. */
const RECIPE = 1;
/** A dataset's labels are bytes. */
const MOST_CLASSES = 256;
/** Of 256: 80 % to train on, 10 % to validate, 10 % to test. */
const TRAIN_BELOW = 205;
const VALIDATION_BELOW = 230;

interface LabelledImage {
  readonly image: Uint8Array;
  readonly label: number;
  readonly split: SplitName;
}

/**
 * The split of a picture by its bytes alone: it stays where it is when others are added, and copies of one picture are
 * all in the same split.
 */
export function splitOf(bytes: Uint8Array): SplitName {
  const first = createHash('sha256').update(bytes).digest()[0]!;
  return first < TRAIN_BELOW ? 'train' : first < VALIDATION_BELOW ? 'validation' : 'test';
}

/**
 * Makes a dataset folder from pictures: one sub-folder for each class, named as the class, with PNG and JPEG files of
 * any size. Pictures without ink are left out, and that is said.
 * @param pictures the folder of sub-folders
 * @param folder where the dataset goes
 * @throws {Problem} when there are fewer than 2 classes, a picture cannot be decoded, or a split would be empty; an
 *   earlier dataset is then unchanged
 */
export async function prepareFolder(
  pictures: string,
  folder: string,
  start: typeof startProgress,
  say: (line: string) => void,
): Promise<DatasetInfo> {
  await expectReplaceable(folder);
  const labels = await classFolders(pictures);
  const paths = (
    await Promise.all(
      labels.map(async (label, index) => (await pictureFiles(join(pictures, label))).map((path) => ({ path, index }))),
    )
  ).flat();
  const progress = start('read pictures', paths.length);
  const images: LabelledImage[] = [];
  const blank: string[] = [];
  const everything = createHash('sha256');
  for (const [done, { path, index }] of paths.entries()) {
    const { bytes, image } = await readPicture(path);
    everything.update(`${index} ${bytes.length} `).update(bytes);
    if (image === null) blank.push(path);
    else images.push({ image, label: index, split: splitOf(bytes) });
    progress.update(done + 1, `${done + 1} pictures`);
  }
  progress.stop();
  if (blank.length > 0) {
    say(`Left out, as there is no ink in them: ${some(blank.map(shown))}.`);
  }
  const splits = {
    train: gather(images, 'train'),
    validation: gather(images, 'validation'),
    test: gather(images, 'test'),
  };
  for (const name of splitNames) {
    if (splits[name].count === 0) {
      throw new Problem(
        `${shown(pictures)} holds ${images.length} usable pictures, and none of them falls to the ${name} split: a file's ` +
          'hash decides, 80 % to train, 10 % to validate, 10 % to test. Add pictures; some dozens suffice.',
      );
    }
  }
  for (const [index, label] of labels.entries()) {
    if (!splits.train.labels.includes(index)) {
      say(`WARNING: no picture of "${label}" is in the train split; a net cannot learn it. Add pictures.`);
    }
  }
  const facts = {
    name: basename(folder),
    description: `Pictures from a folder, ${labels.length} classes; ink found and normalised as for a picture that is recognized.`,
    labels,
    // The pictures are named by their order, not by where they lie on one machine.
    rawFiles: { pictures: everything.digest('hex') },
    recipe: RECIPE,
    splitSeed: 0,
  };
  const present = await intact(folder, facts);
  if (present !== null) {
    say(`${shown(folder)} is already prepared and intact: ${summary(present)}.`);
    return present;
  }
  const info = await writeDataset(folder, facts, splits);
  say(`${shown(folder)} is prepared: ${summary(info)}, in ${labels.length} classes (${some(labels)}).`);
  return info;
}

async function classFolders(pictures: string): Promise<string[]> {
  const entries = await readdir(pictures, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new Problem(`There is no folder ${shown(pictures)}. Name one that holds a sub-folder for each class.`);
    }
    throw describeSystemError(error, `reading ${shown(pictures)}`);
  });
  const labels = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
  if (labels.length < 2 || labels.length > MOST_CLASSES) {
    throw new Problem(
      `${shown(pictures)} has ${labels.length} sub-folders (${some(labels)}). Expected 2 to ${MOST_CLASSES}: one for each ` +
        'class, named as the class, with its PNG and JPEG files.',
    );
  }
  return labels;
}

async function pictureFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  const pictures = names.filter((name) => /\.(png|jpe?g)$/i.test(name));
  if (pictures.length === 0) {
    throw new Problem(
      `${shown(folder)} holds no PNG or JPEG file${names.length > 0 ? ` (it has ${some(names)})` : ''}. Add some, or take ` +
        'the folder away: each sub-folder is a class.',
    );
  }
  return pictures.map((name) => join(folder, name));
}

function gather(images: readonly LabelledImage[], name: SplitName): Split {
  const mine = images.filter(({ split }) => split === name);
  const pixels = new Uint8Array(mine.length * PIXELS);
  mine.forEach(({ image }, i) => {
    pixels.set(image, i * PIXELS);
  });
  return { count: mine.length, images: pixels, labels: Uint8Array.from(mine, ({ label }) => label) };
}

/** The first few of a list, in words. */
function some(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length > 5 ? `${names.slice(0, 5).join(', ')}, … ${names.length} in all` : names.join(', ');
}
