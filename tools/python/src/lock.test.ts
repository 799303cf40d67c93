import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('two do their work one after the other, and the second says that it waits', async () => {
  const file = join(folder, 'new/setup.lock');
  const events: string[] = [];
  const work = (name: string) =>
    withLock(
      file,
      () => events.push(`${name} waits`),
      async () => {
        events.push(`${name} begins`);
        await setTimeout(300);
        events.push(`${name} ends`);
      },
    );
  await Promise.all([work('a'), setTimeout(100).then(() => work('b'))]);
  expect(events).toEqual(['a begins', 'b waits', 'a ends', 'b begins', 'b ends']);
  expect(await readdir(join(folder, 'new'))).toEqual([]);
});

test('work that throws gives the lock back', async () => {
  const file = join(folder, 'setup.lock');
  const failing = withLock(
    file,
    () => {},
    () => Promise.reject(new Error('no')),
  );
  await expect(failing).rejects.toThrow('no');
  expect(
    await withLock(
      file,
      () => {},
      async () => 1,
    ),
  ).toBe(1);
});

test('the lock of a process that is gone counts for nothing', async () => {
  const file = join(folder, 'setup.lock');
  // Above the highest process id that Linux gives out.
  await writeFile(file, String(2 ** 22 + 1));
  expect(
    await withLock(
      file,
      () => {},
      async () => 1,
    ),
  ).toBe(1);
});
