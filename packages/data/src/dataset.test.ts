import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PIXELS, Problem } from '@mnist-edge/recognizer';
import { describe, expect, test } from 'vitest';
import { type DatasetInfo, datasetFolder, intact, readDatasetInfo, readSplit, sha256, summary } from './dataset.ts';
import { temporaryFolder } from './mirror.fixture.ts';
import { type DatasetFacts, writeDataset } from './write-dataset.ts';

const facts: DatasetFacts = {
  name: 'tiny',
  description: 'Noise, for tests.',
  labels: ['zero', 'one', 'two'],
  rawFiles: { raw: sha256(Buffer.from('raw')) },
  recipe: 1,
  splitSeed: 7,
};

function split(...labels: number[]) {
  const images = Uint8Array.from({ length: labels.length * PIXELS }, (_, i) => (i * 7) % 256);
  return { count: labels.length, images, labels: Uint8Array.from(labels) };
}

const splits = { train: split(0, 1, 2, 1), validation: split(2, 0), test: split(1) };

async function prepared(): Promise<string> {
  const folder = join(await temporaryFolder(), 'tiny');
  await writeDataset(folder, facts, splits);
  return folder;
}

async function edit(folder: string, change: (info: DatasetInfo) => unknown): Promise<void> {
  const path = join(folder, 'dataset.json');
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
}

test('what was written is read', async () => {
  const folder = await prepared();
  const info = await readDatasetInfo(folder);
  expect(info).toMatchObject({
    ...facts,
    schemaVersion: 1,
    shape: [28, 28, 1],
    counts: { train: 4, validation: 2, test: 1 },
  });
  expect(summary(info)).toBe('4 images to train on, 2 to validate, 1 to test');
  for (const name of ['train', 'validation', 'test'] as const) {
    const { count, images, labels } = await readSplit(folder, name);
    expect(count).toBe(splits[name].count);
    expect(Buffer.compare(images, splits[name].images)).toBe(0);
    expect([...labels]).toEqual([...splits[name].labels]);
  }
});

test('a prepared dataset lies in .artifacts/data', () => {
  expect(datasetFolder('mnist')).toMatch(/\.artifacts\/data\/mnist$/);
});

test('a dataset counts as intact only with the facts that are asked for, and unchanged', async () => {
  const folder = await prepared();
  expect(await intact(folder, facts)).not.toBeNull();
  expect(await intact(folder, { ...facts, recipe: 2 })).toBeNull();
  expect(await intact(folder, { ...facts, counts: { train: 1, validation: 2, test: 1 } })).toBeNull();
  expect(await intact(folder, { ...facts, rawFiles: { raw: sha256(Buffer.from('other')) } })).toBeNull();
  await writeFile(join(folder, 'test.bin'), 'x');
  expect(await intact(folder, facts)).toBeNull();
  await rm(join(folder, 'test.bin'));
  expect(await intact(folder, facts)).toBeNull();
  expect(await intact(join(folder, 'missing'), facts)).toBeNull();
});

test('the command that makes a dataset in its usual place goes by its name', async () => {
  await expect(readDatasetInfo(datasetFolder('no-such'))).rejects.toThrow(
    '.artifacts/data/no-such/dataset.json is not there: the dataset is not prepared. ' +
      'Prepare it: npx nx run data:prepare --dataset=no-such',
  );
});

describe('a broken dataset.json is refused with the field at fault and the command that makes it anew', () => {
  test.each<[string, (folder: string) => Promise<void>, string]>([
    ['missing', (folder) => rm(folder, { recursive: true }), 'dataset.json is not there: the dataset is not prepared.'],
    ['no JSON', (folder) => writeFile(join(folder, 'dataset.json'), '{'), 'dataset.json is not JSON: SyntaxError'],
    ['a list', (folder) => edit(folder, () => []), 'dataset.json: '],
    [
      'of a later version',
      (folder) => edit(folder, (info) => ({ ...info, schemaVersion: 2 })),
      'schemaVersion: must be 1',
    ],
    ['of larger images', (folder) => edit(folder, (info) => ({ ...info, shape: [32, 32, 1] })), 'shape.0: '],
    ['without labels', (folder) => edit(folder, ({ labels: _, ...info }) => info), 'labels: '],
    [
      'with half an image',
      (folder) => edit(folder, (info) => ({ ...info, counts: { ...info.counts, test: 0.5 } })),
      'counts.test: ',
    ],
    [
      'with a bad hash',
      (folder) => edit(folder, (info) => ({ ...info, files: { ...info.files, 'test.bin': 'abc' } })),
      'files.test.bin: must be 64 lower-case hex digits (a SHA-256)',
    ],
  ])('%s', async (_, spoil, message) => {
    const folder = await prepared();
    await spoil(folder);
    const attempt = readDatasetInfo(folder);
    await expect(attempt).rejects.toThrow(Problem);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(`Prepare it: npx nx run data:prepare --out=${folder}`);
  });
});

describe('a broken split is refused', () => {
  test.each<[string, (folder: string) => Promise<void>, string]>([
    ['missing', (folder) => rm(join(folder, 'train.bin')), 'train.bin is not there: the dataset is not prepared.'],
    [
      'cut short',
      (folder) => writeFile(join(folder, 'train.bin'), new Uint8Array(3139)),
      'expected 3140 bytes (4 images of 784 pixels and a label each), found 3139.',
    ],
    [
      'changed',
      (folder) => writeFile(join(folder, 'train.bin'), new Uint8Array(3140)),
      `found ${sha256(new Uint8Array(3140))}.`,
    ],
    [
      'labelled beyond the classes',
      (folder) => edit(folder, (info) => ({ ...info, labels: ['zero', 'one'] })),
      'train.bin holds the label 2, and there are only 2 classes.',
    ],
    [
      'a folder',
      async (folder) => {
        await rm(join(folder, 'train.bin'));
        await writeDataset(join(folder, 'train.bin'), facts, splits);
      },
      'there is a folder where a file should be',
    ],
  ])('%s', async (_, spoil, message) => {
    const folder = await prepared();
    await spoil(folder);
    const attempt = readSplit(folder, 'train');
    await expect(attempt).rejects.toThrow(Problem);
    await expect(attempt).rejects.toThrow(message);
  });
});
