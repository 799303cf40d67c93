import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFolder, writeWhole } from './atomic.ts';

let parent: string;
let target: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mnist-edge-command-'));
  target = join(parent, 'target');
});

afterEach(() => rm(parent, { recursive: true, force: true }));

/** An error as the file system throws it. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as it happens`), { code });
}

const fillWith = (text: string) => (folder: string) => writeFile(join(folder, 'file'), text);

describe('writeFolder', () => {
  test('makes the folder, and those above it', async () => {
    const deep = join(parent, 'a', 'b', 'target');
    await writeFolder(deep, fillWith('new'));
    expect(await readFile(join(deep, 'file'), 'utf8')).toBe('new');
    expect(await readdir(join(parent, 'a', 'b'))).toEqual(['target']);
  });

  test('replaces what was there as a whole, and leaves nothing beside it', async () => {
    await mkdir(target);
    await writeFile(join(target, 'extra'), 'old');
    await writeFolder(target, fillWith('new'));
    expect(await readdir(target)).toEqual(['file']);
    expect(await readdir(parent)).toEqual(['target']);
  });

  test('shows nobody a half-filled folder', async () => {
    await writeFolder(target, fillWith('old'));
    await writeFolder(target, async (folder) => {
      await fillWith('new')(folder);
      expect(await readFile(join(target, 'file'), 'utf8')).toBe('old');
    });
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('new');
  });

  test.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'])('on %s keeps what was there, and says so', async (code) => {
    await writeFolder(target, fillWith('old'));
    const attempt = writeFolder(target, async (folder) => {
      await fillWith('half')(folder);
      throw systemError(code);
    });
    await expect(attempt).rejects.toThrow(Problem);
    await expect(attempt).rejects.toThrow(`While writing ${target}: `);
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('old');
    expect(await readdir(parent)).toEqual(['target']);
  });

  test("passes any other error on as it is: it is the caller's", async () => {
    const error = new Error('a defect');
    await expect(writeFolder(target, () => Promise.reject(error))).rejects.toBe(error);
    expect(await readdir(parent)).toEqual([]);
  });

  test('puts the old folder back when the new one cannot take its place', async () => {
    await writeFolder(target, fillWith('old'));
    // Someone tidied the draft away.
    await expect(writeFolder(target, (folder) => rm(folder, { recursive: true }))).rejects.toThrow('ENOENT');
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('old');
    expect(await readdir(parent)).toEqual(['target']);
  });

  test('by many at once ends with one of their folders, whole', async () => {
    const writers = Array.from({ length: 12 }, (_, i) =>
      writeFolder(target, async (folder) => {
        await writeFile(join(folder, 'a'), `${i}`);
        await writeFile(join(folder, 'b'), `${i}`);
      }),
    );
    await Promise.all(writers);
    expect(await readFile(join(target, 'a'), 'utf8')).toBe(await readFile(join(target, 'b'), 'utf8'));
    expect(await readdir(parent)).toEqual(['target']);
  });

  test('below a file says that a part of the path is one', async () => {
    await writeFile(target, '');
    const attempt = writeFolder(join(target, 'folder'), fillWith('new'));
    await expect(attempt).rejects.toThrow(Problem);
    await expect(attempt).rejects.toThrow('Move it away and run the same command again.');
  });
});

describe('writeWhole', () => {
  test('makes the file and the folders above it', async () => {
    const deep = join(parent, 'a', 'b', 'file');
    await writeWhole(deep, 'text');
    expect(await readFile(deep, 'utf8')).toBe('text');
    expect(await readdir(join(parent, 'a', 'b'))).toEqual(['file']);
  });

  test('replaces a file, with bytes as well', async () => {
    await writeWhole(target, 'a longer text');
    await writeWhole(target, Uint8Array.of(1, 2, 3));
    expect([...(await readFile(target))]).toEqual([1, 2, 3]);
    expect(await readdir(parent)).toEqual(['target']);
  });

  test('where a folder is changes nothing and says so', async () => {
    await writeFolder(target, fillWith('old'));
    const attempt = writeWhole(target, 'text');
    await expect(attempt).rejects.toThrow(Problem);
    await expect(attempt).rejects.toThrow(`While writing ${target}: there is a folder where a file should be.`);
    expect(await readdir(target)).toEqual(['file']);
    expect(await readdir(parent)).toEqual(['target']);
  });

  test('below a file says that a part of the path is one', async () => {
    await writeFile(target, 'keep');
    await expect(writeWhole(join(target, 'file'), 'text')).rejects.toThrow(Problem);
    expect(await readFile(target, 'utf8')).toBe('keep');
  });
});
