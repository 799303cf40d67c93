import type { Recognizer } from '@mnist-edge/recognizer';

/**
 * The recognizers of this page, by the URL of their model's folder. A module-level map, because what it holds is the
 * page's: elements come and go, and those that name one model must not each hold a session of it.
 */
const recognizers = new Map<string, Promise<Recognizer>>();

/**
 * The page's recognizer for a model; loads the runtime and the model when it is first asked for.
 * @param url absolute URL of the bundle's folder
 * @throws {Problem} when it cannot be loaded; the next call tries again
 */
export function sharedRecognizer(url: string): Promise<Recognizer> {
  const known = recognizers.get(url);
  if (known !== undefined) return known;
  const loading = import('./runtime.ts').then(({ loadRecognizer }) => loadRecognizer(url));
  recognizers.set(url, loading);
  loading.catch(() => recognizers.delete(url));
  return loading;
}
