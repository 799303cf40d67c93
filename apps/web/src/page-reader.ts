import type { Address } from './worker/reader.ts';

/** What the page's element reads with; `?precision=int8` in its address asks for the smaller model. */
export const pageReader: Address = {
  model: new URL('./model/', document.baseURI).href,
  wasm: null,
  precision: new URLSearchParams(location.search).get('precision') === 'int8' ? 'int8' : 'fp32',
  // The dev server's files change under the hand, and are not kept.
  keep: import.meta.env.PROD,
};
