import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { modelPlugin } from './model-plugin.ts';
import { noNode } from './no-node.ts';
import { offlinePlugin } from './offline-plugin.ts';
import { startedEnginePlugin } from './started-engine-plugin.ts';

const root = import.meta.dirname;

/**
 * Makes the page's promise one that the browser keeps: whoever hosts the build, nothing can be sent elsewhere.
 * Only in the build, because Vite's dev server puts styles inline.
 */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'mnist-edge:content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: {
          'http-equiv': 'Content-Security-Policy',
          content: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'",
        },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** The entry starts the worker and then imports the page's script, which the browser can fetch meanwhile. */
function preloadPage(): Plugin {
  return {
    name: 'mnist-edge:preload-page',
    apply: 'build',
    transformIndexHtml: (_, { bundle = {} }) => {
      const page = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === 'page');
      if (page === undefined) throw new Error('The build has no script of the page. Does src/main.ts still import it?');
      return [{ tag: 'link', attrs: { rel: 'modulepreload', href: `./${page.fileName}` }, injectTo: 'head' }];
    },
  };
}

export default defineConfig({
  root,
  // The page works in any folder of any host.
  base: './',
  plugins: [
    modelPlugin(resolve(root, process.env.MODEL_DIR ?? '../../models/digits')),
    startedEnginePlugin('../model/'),
    contentSecurityPolicy(),
    preloadPage(),
    offlinePlugin(),
  ],
  resolve: { alias: noNode },
  build: {
    // A data: URL would need a wider content security policy than the page has.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // 75 kB of onnxruntime's own JavaScript, loaded when it is needed, is one module and stays one.
    chunkSizeWarningLimit: 100,
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: {
        // The whole of onnxruntime, which the page's own models never need, is there once: in the library.
        assetFileNames: ({ names: [name = ''] }) =>
          `${name.startsWith('ort-wasm') ? 'library' : 'assets'}/[name]-[hash][extname]`,
      },
    },
  },
  // Pre-bundled, onnxruntime-web would look for its .wasm file in Vite's cache folder.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
