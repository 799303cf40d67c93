import { pageReader } from './page-reader.ts';
import { sharedReader } from './worker/shared-reader.ts';

/** Lets the browser go on with what needs this thread for a moment, and a worker that starts does. */
function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}

// The page's entry, which only wires. On a second visit all is in the browser, and the worker starts before the page's own
// script keeps this thread busy. On a first visit the page is painted before anything large is asked for.
async function start(): Promise<void> {
  if (navigator.serviceWorker?.controller) sharedReader(pageReader).catch(() => {});
  await pause();
  const { startPage } = await import('./page.ts');
  await pause();
  startPage();
}

void start();
