import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { smooth } from './digit-strokes.ts';
import { digit } from './states.ts';
import { serveFolder } from './static-server.ts';

/** How quick the page is on this machine, in Chromium. Times are in milliseconds. */
export interface WebSpeed {
  /** By how much the page's main thread was slowed down; the worker that recognizes is not. */
  readonly slowdown: number;
  /** From the start of a first visit to the first contentful paint; a median over the visits. */
  readonly firstPaint: number;
  /** From the start of a first visit to the model being ready; a median. */
  readonly firstVisitReady: number;
  /** From a pointer event to the bars it changed. */
  readonly barsMedian: number;
  readonly barsP95: number;
  readonly barsEvents: number;
  /** From the start of a second visit to the model being ready, with all from the service worker; a median. */
  readonly secondVisitReady: number;
}

/**
 * Measures the built page: `visits` first visits, as many second ones, and a few hundred pointer events.
 * @param dist the built page's folder
 */
export async function measureWeb(dist: string, slowdown: number, visits: number): Promise<WebSpeed> {
  const server = await serveFolder(dist);
  const browser = await startChromium();
  try {
    const paints: number[] = [];
    const firstReady: number[] = [];
    for (let visit = 0; visit < visits; visit++) {
      const page = await open(browser, slowdown, 'block');
      await page.goto(server.url);
      paints.push(await firstPaint(page));
      firstReady.push(await modelReady(page));
      await page.context().close();
    }
    const page = await open(browser, slowdown, 'allow');
    await page.goto(server.url);
    await page.locator('.facts').waitFor();
    const latencies = await barLatencies(page);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    const ready: number[] = [];
    for (let visit = 0; visit < visits; visit++) {
      await page.reload();
      ready.push(await modelReady(page));
    }
    return {
      slowdown,
      firstPaint: quantile(paints, 0.5),
      firstVisitReady: quantile(firstReady, 0.5),
      barsMedian: quantile(latencies, 0.5),
      barsP95: quantile(latencies, 0.95),
      barsEvents: latencies.length,
      secondVisitReady: quantile(ready, 0.5),
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** What the page is made to note down. */
interface Noted {
  /** When the facts about the model stood there. */
  modelReady: Promise<number>;
  latencies: number[];
  /** Called when the bars changed after a move. */
  barsChanged?: () => void;
}

async function open(browser: Browser, slowdown: number, serviceWorkers: 'allow' | 'block'): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers });
  const page = await context.newPage();
  // tsx wraps named functions in this helper, which the page does not have.
  await page.addInitScript('globalThis.__name = (named) => named');
  await page.addInitScript(() => {
    (globalThis as unknown as Noted).modelReady = new Promise((resolve) => {
      const look = () => document.querySelector('.facts') !== null && resolve(performance.now());
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    });
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  return page;
}

function modelReady(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as Noted).modelReady);
}

async function firstPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          for (const { name, startTime } of list.getEntries())
            if (name === 'first-contentful-paint') resolve(startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
  );
}

/**
 * Draws digits by real pointer events, each sent when the bars of the one before stand there and a pause is over; the
 * pauses differ, so that the events fall anywhere between two frames, as a hand's do.
 */
async function barLatencies(page: Page): Promise<number[]> {
  await page.locator('digit-recognizer').evaluate((element) => {
    const noted = globalThis as unknown as Noted;
    noted.latencies = [];
    /** When the pen moved, by the system's clock: the browser tells of one move once or twice. */
    let last = 0;
    let moved: number | null = null;
    const note = (event: Event) => {
      if ((event as PointerEvent).buttons === 0 || event.timeStamp <= last) return;
      moved = last = event.timeStamp;
    };
    for (const type of ['pointerrawupdate', 'pointermove']) element.addEventListener(type, note, { capture: true });
    new MutationObserver(() => {
      if (moved === null) return;
      noted.latencies.push(performance.now() - moved);
      moved = null;
      noted.barsChanged?.();
    }).observe(element.shadowRoot!.querySelector('.bars')!, { attributes: true, characterData: true, subtree: true });
  });
  const box = (await page.locator('digit-recognizer .ink').boundingBox())!;
  let events = 0;
  for (const wanted of '0123456789') {
    for (const path of digit(wanted).paths) {
      const [first, ...rest] = smooth(path, 3).map(({ x, y }) => ({
        x: box.x + (0.1 + x * 0.8) * box.width,
        y: box.y + (0.1 + y * 0.8) * box.height,
      }));
      await page.mouse.move(first!.x, first!.y);
      await page.mouse.down();
      for (const { x, y } of rest) {
        await page.waitForTimeout(20 + ((7 * events++) % 17));
        const changed = page.evaluate(
          () =>
            new Promise<void>((resolve) => {
              (globalThis as unknown as Noted).barsChanged = resolve;
              // A point that changed no probability has no bars to wait for.
              setTimeout(resolve, 500);
            }),
        );
        await page.mouse.move(x, y);
        await changed;
      }
      await page.mouse.up();
    }
    await page.keyboard.press('Delete');
  }
  return page.evaluate(() => (globalThis as unknown as Noted).latencies);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
