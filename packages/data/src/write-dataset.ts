import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shown, writeFolder } from '@mnist-edge/command';
import { Problem, SIDE } from '@mnist-edge/recognizer';
import { type DatasetInfo, type Split, type SplitName, sha256, splitNames } from './dataset.ts';

/** What cannot be computed from the splits. */
export type DatasetFacts = Pick<DatasetInfo, 'name' | 'description' | 'labels' | 'rawFiles' | 'recipe' | 'splitSeed'>;

/**
 * Writes a dataset folder, all or nothing; an earlier dataset there is replaced.
 * @param write writes one file; another than Node's own only to see what happens when it fails
 * @throws {Problem} when the folder holds something else than a dataset, or cannot be written
 */
export async function writeDataset(
  folder: string,
  facts: DatasetFacts,
  splits: Readonly<Record<SplitName, Split>>,
  write: (path: string, bytes: Uint8Array) => Promise<void> = writeFile,
): Promise<DatasetInfo> {
  await expectReplaceable(folder);
  const info: DatasetInfo = {
    schemaVersion: 1,
    ...facts,
    shape: [SIDE, SIDE, 1],
    counts: { train: splits.train.count, validation: splits.validation.count, test: splits.test.count },
    ...brightness(splits.train.images),
    files: {
      'train.bin': sha256(splits.train.images, splits.train.labels),
      'validation.bin': sha256(splits.validation.images, splits.validation.labels),
      'test.bin': sha256(splits.test.images, splits.test.labels),
    },
  };
  await writeFolder(folder, async (draft) => {
    for (const name of splitNames) {
      await write(join(draft, `${name}.bin`), Buffer.concat([splits[name].images, splits[name].labels]));
    }
    await write(join(draft, 'dataset.json'), Buffer.from(`${JSON.stringify(info, null, 2)}\n`));
  });
  return info;
}

/** Mean and standard deviation of pixels, as 0..1. */
export function brightness(images: Uint8Array): { mean: number; standardDeviation: number } {
  const histogram = new Float64Array(256);
  for (const pixel of images) histogram[pixel]!++;
  let sum = 0;
  let squares = 0;
  for (let grey = 0; grey < 256; grey++) {
    sum += histogram[grey]! * grey;
    squares += histogram[grey]! * grey * grey;
  }
  const mean = sum / images.length;
  return { mean: mean / 255, standardDeviation: Math.sqrt(squares / images.length - mean * mean) / 255 };
}

/**
 * A dataset folder is replaced as a whole: a mistyped one must not cost a person their files.
 * @throws {Problem} when the folder holds something and is not a dataset
 */
export async function expectReplaceable(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR')
      throw new Problem(`${shown(folder)} is a file, or lies below one. Choose another folder with --out.`);
    throw error;
  });
  if (names.length > 0 && !names.includes('dataset.json')) {
    throw new Problem(
      `${shown(folder)} holds other files (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}) and no dataset; ` +
        'it is left as it is. Choose another folder with --out.',
    );
  }
}
