import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';

/**
 * The path of a file that travels beside the server's code, whether that runs from `src/` or as the one built file.
 * @param name relative to the server's folder
 * @throws {Problem} when it was left behind
 */
export function beside(name: string): string {
  const path = join(import.meta.dirname, '..', name);
  if (!existsSync(path)) throw new Problem(`${path} is missing: it must be deployed with the server.`);
  return path;
}
