import { pageReader } from './page-reader.ts';
import { sharedReader } from './worker/shared-reader.ts';

/** The most that the page waits for the worker to run, in ms: it usually takes a tenth of that. */
const PATIENCE = 300;

// The page's entry, which only wires. On a second visit all is in the browser, and the worker starts before the page's
// own script runs: to start, it needs this thread, which would be busy with the page. On a first visit the page is
// painted before anything large is asked for.
const renderPage = () => void import('./page.ts');
if (navigator.serviceWorker?.controller) {
  sharedReader(pageReader, renderPage).catch(renderPage);
  setTimeout(renderPage, PATIENCE);
} else {
  renderPage();
}
