import { pageReader } from './page-reader.ts';
import { sharedReader } from './worker/shared-reader.ts';

// The page's entry, which only wires. On a second visit all is in the browser, and the worker starts before the page's
// own script runs. On a first one the page is painted before anything large is asked for.
if (navigator.serviceWorker?.controller) sharedReader(pageReader).catch(() => {});
void import('./page.ts');
