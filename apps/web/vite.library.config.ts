import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { libraryPlugin } from './library-plugin.ts';
import { modelPlugin } from './model-plugin.ts';
import { noNode } from './no-node.ts';
import { startedEnginePlugin } from './started-engine-plugin.ts';

const root = import.meta.dirname;

/**
 * The element as a library, for pages of others: one script with a name that stays, so that a page can pin its hash,
 * and beside it the worker, the runtime and a model. Not Vite's library mode, which puts every file into the script.
 */
export default defineConfig({
  root,
  // Wherever the folder is served from, its files find each other.
  base: './',
  publicDir: false,
  plugins: [
    modelPlugin(resolve(root, process.env.MODEL_DIR ?? '../../models/digits')),
    startedEnginePlugin('./model/'),
    libraryPlugin(),
  ],
  worker: {
    format: 'es',
    rolldownOptions: { output: { entryFileNames: '[name]-[hash].js', assetFileNames: '[name]-[hash][extname]' } },
  },
  resolve: { alias: noNode },
  build: {
    outDir: 'dist/library',
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: { 'digit-recognizer': resolve(root, 'src/library.ts') },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js', assetFileNames: '[name]-[hash][extname]' },
    },
  },
});
