import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChromium } from '../browser/chromium.ts';
import { mouseHand } from '../browser/hand.ts';
import { answerOn, becomes, clear } from '../browser/site.ts';
import { digit, drawNumber, scribble } from '../browser/states.ts';

const server = resolve(import.meta.dirname, '../../server/dist/main.js');

let child: ChildProcess;
let browser: Browser;
/** The page as the inference server itself serves it. */
let page: Page;

beforeAll(async () => {
  child = spawn(process.execPath, [server, '--port', '0', '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((found, failed) => {
    const said: string[] = [];
    createInterface(child.stdout!).on('line', (line) => {
      said.push(line);
      const [address] = /http:\/\/\S+/.exec(line) ?? [];
      if (address !== undefined) found(address);
    });
    child.once('exit', () => failed(new Error(`The server ended. It said: ${said.join('\n')}`)));
  });
  browser = await startChromium();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
  page = await context.newPage();
  await page.goto(`${url}?compare`);
  await page.locator('.facts').waitFor();
});

afterAll(async () => {
  await browser?.close();
  if (child?.exitCode === null) {
    child.kill();
    await once(child, 'exit');
  }
});

/** The rows of the comparison: both labels, and whether the page calls them equal. */
async function compared(): Promise<{ browser: string; server: string; equal: boolean }[]> {
  const rows = await page.locator('.comparison tbody tr').all();
  return Promise.all(
    rows.map(async (row) => ({
      browser: (await row.locator('td').nth(0).locator('strong').textContent())!,
      server: (await row.locator('td').nth(1).locator('strong').textContent())!,
      equal: (await row.locator('.equal').count()) === 1,
    })),
  );
}

test('the inference server gives the answers that the page gives, digit by digit', async () => {
  for (const wanted of '0123456789') {
    await clear(page);
    await mouseHand(page).digit(digit(wanted));
    await expect.poll(() => answerOn(page)).toBe(wanted);
    await expect.poll(compared).toEqual([{ browser: wanted, server: wanted, equal: true }]);
  }
});

test('of what is rejected too, the numbers behind it are equal', async () => {
  await clear(page);
  await scribble(mouseHand(page));
  await becomes(page, 'uncertain');
  await expect.poll(async () => (await compared()).map(({ equal }) => equal)).toEqual([true]);
});

test('of a whole number each digit is compared', async () => {
  await clear(page);
  await page.locator('.options input[name=multiple]').check();
  await drawNumber(mouseHand(page), '4072');
  await expect.poll(compared).toEqual([...'4072'].map((label) => ({ browser: label, server: label, equal: true })));
});
