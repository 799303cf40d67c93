import { resolve } from 'node:path';

/**
 * What stands in the build for the modules of Node that onnxruntime's JavaScript imports when it runs in Node. Left to
 * Vite, they would be two more scripts to load before the worker can begin.
 */
export const noNode: Record<string, string> = Object.fromEntries(
  ['module', 'worker_threads'].map((name) => [name, resolve(import.meta.dirname, 'src/nothing.ts')]),
);
