import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { readSplit, sha256 } from './dataset.ts';
import {
  gzipped,
  type MirrorFiles,
  quickSettings,
  temporaryFolder,
  tinyFiles,
  tinySource,
  writeMirror,
} from './mirror.fixture.ts';
import { prepareSource } from './prepare-source.ts';
import type { RawFile, Source } from './source.ts';

const files = tinyFiles();
const packed = gzipped(files);

/** The tiny dataset, published with the hashes of its .gz files alone. */
function packedSource(mirrors: readonly string[], algorithm: 'md5' | 'sha256' = 'md5'): Source {
  const tiny = tinySource(files, mirrors);
  const only = (file: RawFile): RawFile => {
    const hex = createHash(algorithm).update(packed[`${file.name}.gz`]!).digest('hex');
    return { ...file, sha256: null, gzip: { algorithm, hex } };
  };
  return {
    ...tiny,
    trainImages: only(tiny.trainImages),
    trainLabels: only(tiny.trainLabels),
    testImages: only(tiny.testImages),
    testLabels: only(tiny.testLabels),
  };
}

async function prepare(mirror: MirrorFiles, alter: (source: Source) => Source = (source) => source) {
  const base = await temporaryFolder();
  const source = alter(packedSource([await writeMirror(join(base, 'mirror'), mirror)]));
  const said: string[] = [];
  const folder = join(base, 'out');
  const info = await prepareSource(source, folder, quickSettings(join(base, 'downloads')), (line) => said.push(line));
  return { info, folder, said };
}

test.each(['md5', 'sha256'] as const)('files whose .gz has a published %s are proven by it', async (algorithm) => {
  const { info, said } = await prepare(packed, ({ mirrors }) => packedSource(mirrors, algorithm));
  expect(said).toHaveLength(1);
  expect(info.rawFiles).toEqual({
    'train-images': sha256(files.trainImages),
    'train-labels': sha256(files.trainLabels),
    'test-images': sha256(files.testImages),
    'test-labels': sha256(files.testLabels),
  });
});

test('files that came unpacked where only the .gz has a published hash are taken on trust, and that is said', async () => {
  const { said } = await prepare({
    'train-images': files.trainImages,
    'train-labels': files.trainLabels,
    'test-images': files.testImages,
    'test-labels': files.testLabels,
  });
  expect(said).toHaveLength(5);
  expect(said[0]).toBe(
    'train-labels of tiny came unpacked, and only the .gz has a published hash: its form is right, its bytes are ' +
      `taken on trust (SHA-256 ${sha256(files.trainLabels)}).`,
  );
});

test('a .gz that is not the published one is refused, with the way out', async () => {
  const other = gzipped(tinyFiles(2));
  await expect(prepare({ ...packed, 'test-labels.gz': other['test-labels.gz']! })).rejects.toThrow(
    /test-labels\.gz is not the published file\. Expected test-labels\.gz with MD5 [0-9a-f]{32}; found [0-9a-f]{32}\. If it was compressed anew, unpack it: only its form can be checked then\./,
  );
});

test('an unpacked file of another length is refused', async () => {
  const short = Buffer.from(files.testLabels.subarray(0, 17));
  short.writeUInt32BE(9, 4);
  const rest: MirrorFiles = { ...packed, 'test-labels': short };
  delete rest['test-labels.gz'];
  await expect(prepare(rest)).rejects.toThrow(/Expected test-labels: 18 bytes; found 17\./);
});

test('a prepared dataset is not prepared again', async () => {
  const base = await temporaryFolder();
  const source = packedSource([await writeMirror(join(base, 'mirror'), packed)]);
  const said: string[] = [];
  const go = (mirrors: readonly string[]) =>
    prepareSource({ ...source, mirrors }, join(base, 'out'), quickSettings(join(base, 'x')), (line) => said.push(line));
  const first = await go(source.mirrors);
  expect(await go([])).toEqual(first);
  expect(said[1]).toMatch(/is already prepared and intact/);
});

test('images that are stored column by column are turned', async () => {
  const { folder: plain } = await prepare(packed);
  const { folder: turned } = await prepare(packed, (source) => ({ ...source, transposed: true }));
  const [before, after] = [await readSplit(plain, 'test'), await readSplit(turned, 'test')];
  expect(after.labels).toEqual(before.labels);
  for (const [image, x, y] of [[0, 3, 20] as const, [9, 27, 0] as const]) {
    expect(after.images[image * PIXELS + y * SIDE + x]).toBe(before.images[image * PIXELS + x * SIDE + y]);
  }
});

test('a dataset that no mirror serves file by file says where it is', async () => {
  const base = await temporaryFolder();
  const source = { ...packedSource([]), archive: 'https://example.org/all.zip' };
  await expect(prepareSource(source, join(base, 'out'), quickSettings(base), () => {})).rejects.toThrow(
    /No public mirror serves it as a file of its own\.\nNext: get https:\/\/example\.org\/all\.zip and unpack it; then\n {2}put train-images\.gz/,
  );
});
