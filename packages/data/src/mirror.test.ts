import { mkdir, readdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Problem } from '@mnist-edge/recognizer';
import { describe, expect, test } from 'vitest';
import { sha256 } from './dataset.ts';
import { parseLabels } from './idx.ts';
import {
  fileServer,
  gzipped,
  type MirrorFiles,
  quickSettings,
  serve,
  temporaryFolder,
  tinyFiles,
  tinySource,
  writeMirror,
} from './mirror.fixture.ts';
import { fetchRawFile, mirrorFrom } from './mirror.ts';

const files = tinyFiles();
const good = gzipped(files);
const labels = [...files.testLabels.subarray(8)];

/** Fetches the test labels from these mirrors. */
async function fetchLabels(mirrors: readonly string[], downloads: string): Promise<number[]> {
  const source = tinySource(files, mirrors);
  const { parsed } = await fetchRawFile(
    source,
    source.testLabels,
    (bytes, from) => parseLabels(bytes, 10, from),
    quickSettings(downloads),
  );
  return [...parsed];
}

test('a mirror may be a folder of gzipped files', async () => {
  const folder = await temporaryFolder();
  expect(await fetchLabels([await writeMirror(folder, good)], folder)).toEqual(labels);
});

test('a mirror may be a folder of unpacked files', async () => {
  const folder = await temporaryFolder();
  const mirror = await writeMirror(folder, { 'test-labels': files.testLabels });
  expect(await fetchLabels([mirror], folder)).toEqual(labels);
});

test('a file that is called .gz but is unpacked already is taken as it is', async () => {
  const folder = await temporaryFolder();
  const mirror = await writeMirror(folder, { 'test-labels.gz': files.testLabels });
  expect(await fetchLabels([mirror], folder)).toEqual(labels);
});

test('a mirror may be a server, of gzipped or of unpacked files', async () => {
  const folder = await temporaryFolder();
  expect(await fetchLabels([await serve(fileServer(good))], join(folder, 'a'))).toEqual(labels);
  const unpacked = await serve(fileServer({ 'test-labels': files.testLabels }));
  expect(await fetchLabels([unpacked], join(folder, 'b'))).toEqual(labels);
});

test('a download that was finished is not fetched again', async () => {
  const folder = await temporaryFolder();
  const seen: IncomingMessage[] = [];
  const mirror = await serve(fileServer(good, seen));
  await fetchLabels([mirror], folder);
  await fetchLabels([mirror], folder);
  expect(seen).toHaveLength(1);
});

describe('the next mirror is asked when one', () => {
  const bad: MirrorFiles = { 'test-labels.gz': gzipSync('something else') };
  test.each<[string, () => Promise<string>]>([
    ['does not have the file', () => serve(fileServer({}))],
    ['is down', () => serve((_, response) => response.writeHead(500).end())],
    ['is not there', async () => 'http://127.0.0.1:1/'],
    ['has another file', () => serve(fileServer(bad))],
    ['is a folder with another file', async () => writeMirror(await temporaryFolder(), bad)],
    ['is a folder that is missing', async () => join(await temporaryFolder(), 'missing')],
  ])('%s', async (_, first) => {
    const mirrors = [await first(), await serve(fileServer(good))];
    expect(await fetchLabels(mirrors, await temporaryFolder())).toEqual(labels);
  });
});

test('what was kept of an earlier download is fetched anew when it turns out bad', async () => {
  const folder = await temporaryFolder();
  const mirror = await serve(fileServer(good));
  await fetchLabels([mirror], folder);
  const [kept] = await readdir(folder);
  await writeFile(join(folder, kept!), 'rotten');
  expect(await fetchLabels([mirror], folder)).toEqual(labels);
});

test('a part whose beginning is rotten does not spoil the next download', async () => {
  const folder = await temporaryFolder();
  const mirror = await serve(fileServer(good));
  await fetchLabels([mirror], folder);
  const [kept] = await readdir(folder);
  const again = join(folder, 'again');
  await mkdir(again);
  await writeFile(join(again, `${kept}.part`), 'rotten');
  await writeFile(join(again, `${kept}.tag`), `"${sha256(good['test-labels.gz']!).slice(0, 8)}"`);
  expect(await fetchLabels([mirror], again)).toEqual(labels);
});

test('when every mirror fails, each fault is listed, and what to do', async () => {
  const missing = await serve(fileServer({}));
  const other = await serve(fileServer({ 'test-labels.gz': gzipSync('something else') }));
  const attempt = fetchLabels([missing, other], await temporaryFolder());
  await expect(attempt).rejects.toThrow(Problem);
  await expect(attempt).rejects.toThrow(
    `test-labels of tiny could not be had.
  - ${missing} has neither test-labels.gz nor test-labels (HTTP 404 Not Found).
  - ${other}test-labels.gz is no IDX file of bytes`,
  );
  await expect(attempt).rejects.toThrow(`--mirror=FOLDER`);
  await expect(attempt).rejects.toThrow(`--dataset=synthetic`);
});

describe('what a person types as a mirror', () => {
  test.each([
    ['data', '/home/me/data'],
    ['../data', '/home/data'],
    ['/data', '/data'],
    ['http://host/mnist', 'http://host/mnist/'],
    ['https://host/mnist/', 'https://host/mnist/'],
    ['HTTPS://host', 'HTTPS://host/'],
    ['file:///data/my%20files', '/data/my files'],
  ])('%s is %s', (typed, mirror) => {
    expect(mirrorFrom(typed, '/home/me')).toBe(mirror);
  });

  test.each(['ftp://host/mnist', 'http://', 's3://bucket'])('%s is refused', (typed) => {
    expect(() => mirrorFrom(typed, '/')).toThrow(Problem);
    expect(() => mirrorFrom(typed, '/')).toThrow(`The mirror "${typed}" is neither a folder nor a valid URL`);
  });
});
