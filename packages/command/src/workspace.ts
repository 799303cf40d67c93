import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const workspaceRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** A path inside `.artifacts/`, the one git-ignored folder that everything generated goes to. */
export function artifacts(...parts: string[]): string {
  return join(workspaceRoot, '.artifacts', ...parts);
}

/** A path as a person would type it: relative to the checkout when inside it. */
export function shown(path: string): string {
  return path.startsWith(`${workspaceRoot}/`) ? path.slice(workspaceRoot.length + 1) : path;
}
