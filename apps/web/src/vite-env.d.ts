/// <reference types="vite/client" />

/** What the service worker keeps for offline use; the build fills it in. */
declare const PRECACHE: readonly { readonly url: string; readonly revision: string | null }[];
