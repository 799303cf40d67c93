import type { Bundle } from '@mnist-edge/recognizer';
import type { Precision } from './settings.ts';

/** What else is open beside the page and the API. */
export interface Doors {
  readonly workers: number;
  readonly grpc: string | null;
  readonly adminUrl: string | null;
}

/** A second line for who started more than the page and the API in one process; empty otherwise. */
export function furtherDoors({ workers, grpc, adminUrl }: Doors): string {
  const parts = [
    ...(workers > 1 ? [`${workers} processes`] : []),
    ...(grpc === null ? [] : [`gRPC at ${grpc}`]),
    ...(adminUrl === null ? [] : [`metrics at ${adminUrl}/metrics`]),
  ];
  return parts.join(' · ');
}

/** The line a person sees once the server is up: where to go, and which model answers there. */
export function greeting(url: string, bundle: Bundle, precision: Precision): string {
  const { name, version, training } = bundle;
  const { test } = (precision === 'int8' ? bundle.int8 : undefined)?.metrics ?? bundle.metrics;
  // A browser is at home with the name, and so is whoever reads it.
  const address = url.replace(/\/\/(127\.0\.0\.1|\[::1\]):/, '//localhost:');
  const accuracy = (100 * test.accuracy).toFixed(2);
  const images = test.images.toLocaleString('en');
  return `Digit recognizer at ${address} · model ${name} ${version}${precision === 'int8' ? ' in 8-bit integers' : ''}, right on ${accuracy} % of ${images} ${training.dataset.name} test images`;
}
