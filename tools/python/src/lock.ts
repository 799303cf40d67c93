import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Say } from './step.ts';

/**
 * Does `work` while no other process does work under the same lock file; waits for one that does.
 * The lock of a process that is gone counts for nothing.
 */
export async function withLock<T>(file: string, say: Say, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  for (let waited = false; !(await take(file)); waited = true) {
    if (!waited) say('another set-up is running in this checkout; waiting for it …');
    await setTimeout(200);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    // A link appears with its content, so the lock always tells whose it is.
    await writeFile(draft, String(process.pid));
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = await readFile(file, 'utf8').catch(() => '');
    if (owner !== '' && !isAlive(Number(owner))) await rm(file, { force: true });
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
