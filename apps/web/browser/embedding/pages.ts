import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { dist } from '../site.ts';

const pages = import.meta.dirname;

/** Fills a folder with the library and the pages of those who embed it: plain HTML, React and Vue. */
export async function buildEmbeddingPages(folder: string): Promise<void> {
  await build({
    root: pages,
    base: './',
    configFile: false,
    publicDir: resolve(pages, '../../public'),
    // Vitest says that this is a test; the pages are as their hosts would build them.
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    logLevel: 'error',
    build: {
      outDir: folder,
      modulePreload: false,
      rolldownOptions: {
        input: ['react', 'vue'].map((name) => resolve(pages, `${name}.html`)),
        // The library is a file of the page's host, as it is for anyone who does not bundle it.
        external: [/library\/digit-recognizer\.js$/],
      },
    },
  });
  await cp(resolve(dist, 'library'), join(folder, 'library'), { recursive: true });
  const integrity = JSON.parse(await readFile(resolve(dist, 'library/integrity.json'), 'utf8'));
  const plain = await readFile(resolve(pages, 'plain.html'), 'utf8');
  await writeFile(join(folder, 'plain.html'), plain.replace('{{integrity}}', integrity['digit-recognizer.js']));
}
