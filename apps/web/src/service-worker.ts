import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { NetworkFirst } from 'workbox-strategies';

/*
 * After the first visit the page works with the network off. Page, scripts and runtime come from what was kept when this
 * version was installed. The model may change on the server at any time, and so is asked for first, and taken from what
 * was kept when no answer comes.
 */

/** The part of a service worker's global scope that is used here; TypeScript's DOM library has no types for it. */
interface Scope {
  addEventListener(type: 'install', listener: (event: { waitUntil(work: Promise<unknown>): void }) => void): void;
}

const MODEL = 'model';
const folder = new URL('./model/', location.href);

precacheAndRoute([...PRECACHE], { ignoreURLParametersMatching: [/^(lang|multiple|explain|compare)$/] });
cleanupOutdatedCaches();
registerRoute(
  ({ url }) => url.href.startsWith(folder.href),
  new NetworkFirst({ cacheName: MODEL, networkTimeoutSeconds: 3 }),
);

(globalThis as unknown as Scope).addEventListener('install', (event) => event.waitUntil(keepModel()));

async function keepModel(): Promise<void> {
  const cache = await caches.open(MODEL);
  const description = new URL('bundle.json', folder);
  await cache.add(description);
  const { model } = await (await cache.match(description))!.json();
  await cache.add(new URL(model, folder));
}
