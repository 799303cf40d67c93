import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';
import manifest from './package.json' with { type: 'json' };

/**
 * Puts beside the library's script what those who embed it need: its type declarations, a package.json that makes the
 * folder a package, and `integrity.json` with the hash to pin the script by.
 */
export function libraryPlugin(): Plugin {
  return {
    name: 'mnist-edge:library',
    generateBundle() {
      // `api.ts` declares and imports nothing else, and so is its own declaration file.
      const types = readFileSync(resolve(import.meta.dirname, 'src/api.ts'));
      this.emitFile({ type: 'asset', fileName: 'digit-recognizer.d.ts', source: types });
      const description = {
        name: '@mnist-edge/digit-recognizer',
        version: manifest.version,
        license: manifest.license,
        type: 'module',
        exports: { '.': { types: './digit-recognizer.d.ts', default: './digit-recognizer.js' }, './*': './*' },
        sideEffects: true,
      };
      const source = `${JSON.stringify(description, null, 2)}\n`;
      this.emitFile({ type: 'asset', fileName: 'package.json', source });
    },
    writeBundle({ dir }, bundle) {
      const scripts = Object.values(bundle).filter(({ type }) => type === 'chunk');
      const hashes = scripts.map(({ fileName }) => [fileName, integrity(readFileSync(join(dir!, fileName)))]);
      writeFileSync(join(dir!, 'integrity.json'), `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
    },
  };
}

/** What the `integrity` attribute of a script says of its bytes. */
export function integrity(bytes: Uint8Array): string {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}
