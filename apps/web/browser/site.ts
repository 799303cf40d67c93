import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { type StaticServer, serveFolder } from './static-server.ts';

/** Where the build is. */
export const dist = resolve(import.meta.dirname, '../dist');

/** A first visit, whatever was tested before: nothing is kept for offline use. */
const firstVisit = { serviceWorkers: 'block', locale: 'en-US' } as const;

export const desktop: BrowserContextOptions = { ...firstVisit, viewport: { width: 1280, height: 900 } };
export const phone: BrowserContextOptions = {
  ...firstVisit,
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 3,
};

/** onnxruntime's own `.wasm` file, which is fetched only where one of those that `trim` made of it does not do. */
export const whole = /\/ort-wasm[^/]*\.wasm$/;

/** The built page, served and open to be visited by a real browser. */
export interface Site {
  /** A copy of the build that a test may change. */
  readonly folder: string;
  readonly server: StaticServer;
  /** What no visit should cause, so far: messages on the console, errors, requests that fail or go elsewhere. */
  readonly complaints: string[];
  /** The addresses that a visit asked for, those of its workers among them. */
  requestedBy(page: Page): readonly string[];
  /** Opens the page, or another of this site, as a new person would, with nothing cached. */
  visit(options: BrowserContextOptions, path?: string): Promise<Page>;
  /** The same, when its model is loaded. */
  visitReady(options: BrowserContextOptions): Promise<Page>;
  /** Closes all visits but one. */
  leave(except: Page): Promise<void>;
  close(): Promise<void>;
}

/** Fills a folder with a copy of the built page. */
export async function copyPage(folder: string): Promise<void> {
  const library = resolve(dist, 'library');
  await cp(dist, folder, { recursive: true, filter: (path) => path !== library });
}

/**
 * Serves the built page, or whatever `fill` puts into the folder, and starts Chromium.
 * @param args more of Chromium's command line
 */
export async function openSite(
  fill: (folder: string) => Promise<void> = copyPage,
  args: readonly string[] = [],
): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-'));
  await fill(folder);
  const server = await serveFolder(folder);
  const browser = await startChromium(args);
  const complaints: string[] = [];
  const requested = new WeakMap<BrowserContext, string[]>();

  function watch(context: BrowserContext): void {
    context.on('console', (message) => {
      // What Playwright itself says where nothing is to be kept.
      if (!message.text().startsWith('Service Worker registration blocked'))
        complaints.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => complaints.push(`error: ${error.error().message}`));
    context.on('response', (response) => {
      if (!response.ok()) complaints.push(`${response.status()}: ${response.url()}`);
    });
    const urls: string[] = [];
    requested.set(context, urls);
    context.on('request', (request) => {
      urls.push(request.url());
      if (!request.url().startsWith(server.url)) complaints.push(`elsewhere: ${request.url()}`);
      if (whole.test(request.url())) complaints.push(`a function that was left out: ${request.url()}`);
    });
  }

  async function visit(options: BrowserContextOptions, path = ''): Promise<Page> {
    const context = await browser.newContext(options);
    // A busy machine may take its time; a test ends what does not come to an end.
    context.setDefaultTimeout(50_000);
    watch(context);
    const page = await context.newPage();
    await page.goto(server.url + path);
    return page;
  }

  return {
    folder,
    server,
    complaints,
    requestedBy: (page) => requested.get(page.context()) ?? [],
    visit,
    visitReady: async (options) => {
      const page = await visit(options);
      await page.locator('.facts').waitFor();
      return page;
    },
    leave: async (except) => {
      for (const context of browser.contexts()) if (context !== except.context()) await context.close();
    },
    close: async () => {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the element on the page is in a state; see `State`. */
export async function becomes(page: Page, state: string): Promise<void> {
  await page.locator(`.layout[data-state=${state}]`).waitFor();
}

/** What the element answers: a label, or a sign where there is none. */
export async function answerOn(page: Page): Promise<string | null> {
  return page.locator('.answer').textContent();
}

/** Empties the sheet by its button, as a person would. */
export async function clear(page: Page): Promise<void> {
  const button = page.locator('digit-recognizer [aria-keyshortcuts=Delete]');
  if ((await button.getAttribute('aria-disabled')) === null) await button.click();
  await becomes(page, 'empty');
}
