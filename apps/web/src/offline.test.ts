import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mouseHand } from '../browser/hand.ts';
import { answerOn, desktop, openSite, type Site } from '../browser/site.ts';
import { digit } from '../browser/states.ts';

let site: Site;
let page: Page;

beforeAll(async () => {
  site = await openSite();
  page = await site.visitReady({ ...desktop, serviceWorkers: 'allow' });
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
});

afterAll(() => site?.close());

test('can be installed', async () => {
  const devtools = await page.context().newCDPSession(page);
  const { errors } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A browser under test is a private window, which installs nothing.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
});

test('after the first visit, a reload with the network off recognizes', async () => {
  await site.server.close();
  await page.goto(`${site.server.url}?lang=en`);
  await page.locator('.facts').waitFor();
  await mouseHand(page).digit(digit('7'));
  await expect.poll(() => answerOn(page)).toBe('7');
});
