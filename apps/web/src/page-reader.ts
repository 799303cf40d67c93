import type { Address } from './worker/reader.ts';

/** What the page's element reads with. The dev server's files change under the hand, and are not kept. */
export const pageReader: Address = {
  model: new URL('./model/', document.baseURI).href,
  wasm: null,
  precision: 'fp32',
  keep: import.meta.env.PROD,
};
