import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { compressBuild } from '../compress.ts';

const page = '<!doctype html><p>One, two, three. One, two, three. One, two, three.</p>';

let folder: string;
let dist: string;
let kept: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-compress-'));
});

beforeEach(async () => {
  await rm(folder, { recursive: true, force: true });
  [dist, kept] = [join(folder, 'dist'), join(folder, 'kept')];
  await mkdir(join(dist, 'assets'), { recursive: true });
  await writeFile(join(dist, 'index.html'), page);
  await writeFile(join(dist, 'assets', 'copy.html'), page);
  await writeFile(join(dist, 'icon.png'), 'a picture');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('puts a copy beside what is worth it, in sub-folders too, and beside nothing else', async () => {
  await compressBuild(dist, kept);
  expect((await readdir(dist, { recursive: true })).sort()).toEqual(
    ['assets', 'assets/copy.html', 'assets/copy.html.br', 'icon.png', 'index.html', 'index.html.br'].sort(),
  );
  for (const path of ['index.html', 'assets/copy.html']) {
    const copy = await readFile(join(dist, `${path}.br`));
    expect(copy.length).toBeLessThan(page.length);
    expect(brotliDecompressSync(copy).toString()).toBe(page);
  }
});

test('compresses bytes once, however often they are there, and again only when they changed', async () => {
  await compressBuild(dist, kept);
  const [copy, ...others] = await readdir(kept);
  expect(others).toEqual([]);
  await writeFile(join(kept, copy!), 'what was kept');
  await compressBuild(dist, kept);
  expect(await readFile(join(dist, 'index.html.br'), 'utf8')).toBe('what was kept');
  await writeFile(join(dist, 'index.html'), `${page} Four.`);
  await compressBuild(dist, kept);
  expect(await readdir(kept)).toHaveLength(2);
  expect(brotliDecompressSync(await readFile(join(dist, 'index.html.br'))).toString()).toBe(`${page} Four.`);
});
