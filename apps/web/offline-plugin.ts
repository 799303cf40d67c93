import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin, type ResolvedConfig } from 'vite';

/** Vite puts a hash of the content into the names under this folder, and only there. */
const HASHED = 'assets/';

/**
 * Writes the service worker into the build: `service-worker.js`, with the list of the files that it keeps.
 */
export function offlinePlugin(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'mnist-edge:offline',
    apply: 'build',
    configResolved: (resolved) => {
      config = resolved;
    },
    async closeBundle() {
      const dist = resolve(config.root, config.build.outDir);
      await build({
        configFile: false,
        root: config.root,
        publicDir: false,
        logLevel: 'warn',
        define: { PRECACHE: JSON.stringify(precache(dist)), 'process.env.NODE_ENV': '"production"' },
        build: {
          outDir: dist,
          emptyOutDir: false,
          // A classic script, which every browser takes for a service worker.
          lib: {
            entry: 'src/service-worker.ts',
            formats: ['iife'],
            name: 'worker',
            fileName: () => 'service-worker.js',
          },
        },
      });
    },
  };
}

/** The model, for which see `service-worker.ts`; the library, with the whole of onnxruntime; compressed copies. */
const NOT_KEPT = /^(model|library)\/|^service-worker\.js$|\.(br|map)$/;

/** The page's files, each with a hash where its name has none. */
export function precache(dist: string): { url: string; revision: string | null }[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dist.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((url) => !NOT_KEPT.test(url))
    .sort()
    .map((url) => ({ url, revision: url.startsWith(HASHED) ? null : sha256(readFileSync(join(dist, url))) }));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
