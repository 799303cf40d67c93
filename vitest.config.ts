import { basename, join } from 'node:path';
import { defineConfig } from 'vitest/config';

// One configuration for every project: Nx runs it with the project's folder as working directory.
const project = process.env.NX_TASK_TARGET_PROJECT ?? basename(process.cwd());

export default defineConfig({
  root: process.cwd(),
  test: {
    name: project,
    include: ['src/**/*.test.ts', 'handwriting/**/*.test.ts', 'trim/**/*.test.ts'],
    reporters: ['default', 'json'],
    // `npm test` adds these up.
    outputFile: { json: join(import.meta.dirname, '.artifacts/test', `${project}.json`) },
    setupFiles: join(import.meta.dirname, 'vitest.setup.ts'),
    maxWorkers: 2,
    // Real servers, browsers and nets on a busy machine of two cores; a test that hangs still ends.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
