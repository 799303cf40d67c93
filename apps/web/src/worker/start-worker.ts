import type { Address } from './reader.ts';
import script from './worker.ts?worker&url';

/** Starts the worker that the build put beside this script. */
export function startWorker(address: Address): Worker {
  const options = { type: 'module', name: JSON.stringify(address) } as const;
  const url = new URL(script, document.baseURI);
  if (url.origin === location.origin) return new Worker(url, options);
  // A page may not start a worker from another host; it may start its own that imports from there.
  const own = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' }));
  const worker = new Worker(own, options);
  // Firefox and Safari still need the address when the constructor returns.
  setTimeout(() => URL.revokeObjectURL(own), 10_000);
  return worker;
}
