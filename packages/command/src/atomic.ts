import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describeSystemError } from './system-error.ts';

/**
 * Writes a folder all or nothing: `fill` gets an empty folder beside the target, which takes the target's place
 * when `fill` is done. If it throws (a full disk) or the program is stopped, what was there before is untouched.
 * @throws {Problem} for a file system error, naming the folder and the way out
 */
export async function writeFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const draft = besides(target);
  try {
    await mkdir(draft, { recursive: true });
    await fill(draft);
    await takePlace(draft, target);
  } catch (error) {
    throw describeSystemError(error, `writing ${target}`);
  } finally {
    await discard(draft);
  }
}

/** Two renames, because a folder that is not empty cannot be replaced by one. */
async function takePlace(draft: string, target: string): Promise<void> {
  const old = besides(target);
  for (;;) {
    const moved = await rename(target, old).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return false;
      },
    );
    try {
      await rename(draft, target);
      return await discard(old);
    } catch (error) {
      // Another program put its folder there between the two renames: that one is now the one to replace.
      const overtaken = error instanceof Error && 'code' in error && /^(ENOTEMPTY|EEXIST)$/.test(String(error.code));
      if (overtaken) await discard(old);
      else if (moved) await rename(old, target);
      if (!overtaken) throw error;
    }
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
    await discard(draft);
  }
}

/** What cannot be removed stays: it must not hide why it is there. */
async function discard(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => {});
}

function besides(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}`);
}
