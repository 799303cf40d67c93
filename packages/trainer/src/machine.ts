import { createRequire } from 'node:module';
import os from 'node:os';
import type { BackendName } from './backend.ts';

/**
 * The machine in words, for whoever reads a number that was measured on it.
 * @param gpu the name of the one that computes, if one does
 */
export function describeMachine(gpu?: string): string {
  const cpus = os.cpus();
  const gib = Math.round(os.totalmem() / 2 ** 30);
  const processor = `${cpus[0]?.model.trim() ?? 'unknown processor'}, ${cpus.length} cores, ${gib} GiB`;
  return `${gpu === undefined ? '' : `${gpu}, `}${processor}, ${os.platform()} ${os.arch()}`;
}

/** The npm packages that compute. */
const packages: Record<BackendName, readonly string[]> = {
  tensorflow: ['@tensorflow/tfjs-node-gpu'],
  webgpu: ['@tensorflow/tfjs-backend-webgpu', 'webgpu'],
  cpu: [],
};

/** Versions of what a run was computed with. */
export function toolVersions(backend: BackendName): Record<string, string> {
  const require = createRequire(import.meta.url);
  const version = (name: string) => (require(`${name}/package.json`) as { version: string }).version;
  return {
    node: process.versions.node,
    '@tensorflow/tfjs': version('@tensorflow/tfjs'),
    ...Object.fromEntries(packages[backend].map((name) => [name, version(name)])),
  };
}
