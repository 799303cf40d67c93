import { Problem } from '@mnist-edge/recognizer';

const ways: Record<string, string> = {
  ENOSPC: 'the disk is full. Free some space and run the same command again; what was there before is unchanged.',
  EDQUOT:
    'the disk quota is used up. Free some space and run the same command again; what was there before is unchanged.',
  EACCES: 'permission denied. Check who owns the folder, then run the same command again.',
  EPERM: 'the operation is not permitted. Check who owns the folder, then run the same command again.',
  EROFS: 'the file system is read-only. Use a checkout on a writable disk.',
  ENOTDIR: 'a part of the path is a file, not a folder. Move it away and run the same command again.',
  EEXIST: 'there is a file where a folder should be. Move it away and run the same command again.',
  EISDIR: 'there is a folder where a file should be. Move it away and run the same command again.',
};

/** A file system error that a person can mend becomes a Problem; anything else is returned as it is. */
export function describeSystemError(error: unknown, doing: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const way = Object.hasOwn(ways, code) ? ways[code] : undefined;
  return way === undefined ? error : new Problem(`While ${doing}: ${way} (${code})`, { cause: error });
}
