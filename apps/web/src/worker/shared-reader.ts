import { type Remote, wrap } from 'comlink';
import type { Model } from '../api.ts';
import type { Address, Reader } from './reader.ts';
import { startWorker } from './start-worker.ts';

/** A reader in a worker of its own, with its model loaded. */
export interface OpenReader {
  readonly model: Model;
  readonly reader: Remote<Reader>;
}

/**
 * The readers of this page, by their addresses. A module-level map, because what it holds is the page's: elements come
 * and go, and those that name one model must not each hold a session of it.
 */
const readers = new Map<string, Promise<OpenReader>>();

/**
 * The page's reader for a model; starts the worker and loads runtime and model when it is first asked for.
 * @throws when it cannot be loaded; the next call tries again
 */
export function sharedReader(address: Address): Promise<OpenReader> {
  const key = keyOf(address);
  const known = readers.get(key);
  if (known !== undefined) return known;
  const opening = openReader(address);
  readers.set(key, opening);
  opening.catch(() => readers.delete(key));
  return opening;
}

/** Says whether the page's reader for a model was asked for already. */
export function isShared(address: Address): boolean {
  return readers.has(keyOf(address));
}

function keyOf({ model, wasm, precision }: Address): string {
  return JSON.stringify([model, wasm, precision]);
}

async function openReader(address: Address): Promise<OpenReader> {
  const worker = startWorker(address);
  try {
    const reader = wrap<Reader>(worker);
    return { model: await Promise.race([reader.open(), failure(worker)]), reader };
  } catch (error) {
    // onnxruntime gives up for good when its .wasm file did not come; a new worker can try again.
    worker.terminate();
    throw error;
  }
}

/** Rejects when the worker's own script cannot be loaded, of which nobody else would hear. */
function failure(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    worker.addEventListener(
      'error',
      (event) => {
        event.preventDefault();
        const why = event.message ? `: ${event.message}` : '';
        reject(new Error(`The recognizer's worker could not be started${why}. Check the connection and try again.`));
      },
      { once: true },
    );
  });
}
