import type { Bundle } from '@mnist-edge/recognizer';

/** The line a person sees once the server is up: where to go, and which model answers there. */
export function greeting(url: string, { name, version, metrics, training }: Bundle): string {
  // A browser is at home with the name, and so is whoever reads it.
  const address = url.replace(/\/\/(127\.0\.0\.1|\[::1\]):/, '//localhost:');
  const accuracy = (100 * metrics.test.accuracy).toFixed(2);
  const images = metrics.test.images.toLocaleString('en');
  return `Digit recognizer at ${address} · model ${name} ${version}, right on ${accuracy} % of ${images} ${training.dataset.name} test images`;
}
