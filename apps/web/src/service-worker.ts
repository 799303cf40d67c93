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
  readonly registration: { readonly scope: string };
  addEventListener(type: 'install', listener: (event: InstallEvent) => void): void;
}

interface InstallEvent {
  waitUntil(work: Promise<unknown>): void;
  /** Not in every browser. */
  addRoutes?(routes: { condition: { urlPattern: string }; source: { cacheName: string } }[]): Promise<void>;
}

const scope = globalThis as unknown as Scope;

const MODEL = 'model';
const folder = new URL('./model/', location.href);

precacheAndRoute([...PRECACHE], { ignoreURLParametersMatching: [/^(lang|multiple|explain|compare|precision)$/] });
cleanupOutdatedCaches();
registerRoute(
  ({ url }) => url.href.startsWith(folder.href),
  new NetworkFirst({ cacheName: MODEL, networkTimeoutSeconds: 3 }),
);

scope.addEventListener('install', (event) => {
  event.waitUntil(keepModel());
  // What has a hash in its name the browser may take from there by itself, and need not wait for this script.
  const source = { cacheName: `workbox-precache-v2-${scope.registration.scope}` };
  const routes = event.addRoutes?.([{ condition: { urlPattern: `${scope.registration.scope}assets/*` }, source }]);
  if (routes !== undefined) event.waitUntil(routes);
});

async function keepModel(): Promise<void> {
  const cache = await caches.open(MODEL);
  const description = new URL('bundle.json', folder);
  await cache.add(description);
  const { model } = await (await cache.match(description))!.json();
  await cache.add(new URL(model, folder));
}
