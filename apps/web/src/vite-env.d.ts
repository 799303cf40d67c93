/// <reference types="vite/client" />

/** The engine that the build started, and where its model's folder is from the worker; null while the page is developed. */
declare const BUILT: {
  readonly model: string;
  readonly engine: import('./worker/started-engine.ts').StartedEngine;
} | null;
/** What the service worker keeps for offline use; the build fills it in. */
declare const PRECACHE: readonly { readonly url: string; readonly revision: string | null }[];
