import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PIXELS, Problem } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { snapshot, temporaryFolder } from './mirror.fixture.ts';
import { brightness, type DatasetFacts, writeDataset } from './write-dataset.ts';

const facts: DatasetFacts = {
  name: 'tiny',
  description: 'Grey, for tests.',
  labels: ['0', '1'],
  rawFiles: {},
  recipe: 1,
  splitSeed: 7,
};

function grey(level: number) {
  const split = { count: 2, images: new Uint8Array(2 * PIXELS).fill(level), labels: Uint8Array.of(0, 1) };
  return { train: split, validation: split, test: split };
}

test('mean and standard deviation are those of the pixels as 0..1', () => {
  expect(brightness(Uint8Array.of(0, 255))).toEqual({ mean: 0.5, standardDeviation: 0.5 });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (pixels) => {
      const { mean, standardDeviation } = brightness(pixels);
      const values = Array.from(pixels, (pixel) => pixel / 255);
      const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(expected, 12);
      expect(standardDeviation).toBeCloseTo(Math.sqrt(variance), 6);
    }),
  );
});

test('the same dataset is the same bytes, in whatever folder', async () => {
  const folder = await temporaryFolder();
  await writeDataset(join(folder, 'a'), facts, grey(1));
  await writeDataset(join(folder, 'b'), facts, grey(1));
  expect(Object.values(await snapshot(join(folder, 'a')))).toEqual(Object.values(await snapshot(join(folder, 'b'))));
});

test('an earlier dataset is replaced as a whole', async () => {
  const folder = join(await temporaryFolder(), 'tiny');
  await writeDataset(folder, facts, grey(1));
  await writeFile(join(folder, 'extra'), '');
  await writeDataset(folder, facts, grey(2));
  expect(Object.keys(await snapshot(folder)).map((path) => path.slice(folder.length + 1))).toEqual([
    'dataset.json',
    'test.bin',
    'train.bin',
    'validation.bin',
  ]);
});

test.each(['train.bin', 'validation.bin', 'test.bin', 'dataset.json'])(
  'a disk that is full at %s leaves the earlier dataset as it was, and nothing beside it',
  async (full) => {
    const parent = await temporaryFolder();
    const folder = join(parent, 'tiny');
    await writeDataset(folder, facts, grey(1));
    const before = await snapshot(parent);
    const attempt = writeDataset(folder, facts, grey(2), async (path, bytes) => {
      if (!path.endsWith(full)) return writeFile(path, bytes);
      await writeFile(path, bytes.subarray(0, 100));
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    await expect(attempt).rejects.toThrow(Problem);
    await expect(attempt).rejects.toThrow(`While writing ${folder}: the disk is full. Free some space`);
    expect(await snapshot(parent)).toEqual(before);
  },
);

test("a folder with somebody's files is not taken for a dataset to replace", async () => {
  const folder = await temporaryFolder();
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) await writeFile(join(folder, name), 'mine');
  const before = await snapshot(folder);
  const attempt = writeDataset(folder, facts, grey(1));
  await expect(attempt).rejects.toThrow(Problem);
  await expect(attempt).rejects.toThrow(
    `${folder} holds other files (a.txt, b.txt, c.txt, …) and no dataset; it is left as it is. Choose another folder with --out.`,
  );
  expect(await snapshot(folder)).toEqual(before);
});

test('an empty folder is', async () => {
  const folder = join(await temporaryFolder(), 'empty');
  await mkdir(folder);
  await writeDataset(folder, facts, grey(1));
  expect(Object.keys(await snapshot(folder))).toHaveLength(4);
});
