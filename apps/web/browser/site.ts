import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { type StaticServer, serveFolder } from './static-server.ts';

export const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, locale: 'en-US' };
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 3,
  locale: 'en-US',
};

/** The built page, served and open to be visited by a real browser. */
export interface Site {
  /** A copy of the build that a test may change. */
  readonly folder: string;
  readonly server: StaticServer;
  /** What no visit should cause, so far: messages on the console, errors, requests that fail or go elsewhere. */
  readonly complaints: string[];
  /** Opens the page as a new person would, with nothing cached. */
  visit(options: BrowserContextOptions): Promise<Page>;
  /** The same, when its model is loaded. */
  visitReady(options: BrowserContextOptions): Promise<Page>;
  /** Closes all visits but one. */
  leave(except: Page): Promise<void>;
  close(): Promise<void>;
}

/** Serves a copy of `dist` and starts Chromium. */
export async function openSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-'));
  await cp(resolve(import.meta.dirname, '../dist'), folder, { recursive: true });
  const server = await serveFolder(folder);
  const browser = await startChromium();
  const complaints: string[] = [];

  function watch(context: BrowserContext): void {
    context.on('console', (message) => complaints.push(`console: ${message.text()}`));
    context.on('weberror', (error) => complaints.push(`error: ${error.error().message}`));
    context.on('response', (response) => {
      if (!response.ok()) complaints.push(`${response.status()}: ${response.url()}`);
    });
    context.on('request', (request) => {
      if (!request.url().startsWith(server.url)) complaints.push(`elsewhere: ${request.url()}`);
    });
  }

  async function visit(options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext(options);
    watch(context);
    const page = await context.newPage();
    await page.goto(server.url);
    return page;
  }

  return {
    folder,
    server,
    complaints,
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
  const button = page.locator('digit-recognizer').getByRole('button').nth(1);
  if ((await button.getAttribute('aria-disabled')) === null) await button.click();
  await becomes(page, 'empty');
}
