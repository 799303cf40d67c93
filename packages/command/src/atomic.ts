import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describeSystemError } from './system-error.ts';

/**
 * Writes a folder all or nothing: `fill` gets an empty folder beside the target, which takes the target's place
 * when `fill` is done. If it throws (a full disk, Ctrl-C), what was there before is untouched.
 * @throws {Problem} for a file system error, naming the folder and the way out
 */
export async function writeFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const draft = besides(target);
  const old = besides(target);
  try {
    await mkdir(draft, { recursive: true });
    await fill(draft);
    await rename(target, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(draft, target);
  } catch (error) {
    throw describeSystemError(error, `writing ${target}`);
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** Writes a file all or nothing; a reader sees the old bytes or the new, never a part. */
export async function writeWhole(target: string, content: string | Uint8Array): Promise<void> {
  const draft = besides(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(draft, content);
    await rename(draft, target);
  } catch (error) {
    throw describeSystemError(error, `writing ${target}`);
  } finally {
    await rm(draft, { force: true });
  }
}

function besides(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}`);
}
