import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Manifest {
  /** Path from this project's folder. */
  readonly path: string;
  readonly content: Record<string, unknown> & { readonly apiVersion: string; readonly kind: string };
}

const folder = join(import.meta.dirname, '..');

/** The manifests of a folder, in the order of their names. */
export function manifests(under: string): Manifest[] {
  return readdirSync(join(folder, under))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ path: join(under, name), content: readYaml(join(under, name)) }) as Manifest);
}

/** @param path from this project's folder */
export function readYaml(path: string): unknown {
  // YAML 1.1's merge keys are not used; aliases are.
  return parse(readFileSync(join(folder, path), 'utf8'));
}
