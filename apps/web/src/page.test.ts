import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { drawnDigits } from '../browser/digit-strokes.ts';
import { mouseHand } from '../browser/hand.ts';
import { answerOn, becomes, desktop, openSite, type Site } from '../browser/site.ts';

const three = drawnDigits.find(({ digit }) => digit === '3')!;

let site: Site;
/** The page in a Chinese browser. */
let page: Page;

beforeAll(async () => {
  site = await openSite();
  page = await site.visitReady({ ...desktop, locale: 'zh-CN' });
});

afterEach(() => {
  expect(site.complaints.splice(0)).toEqual([]);
});

afterAll(() => site?.close());

test("speaks Chinese where the browser's language is Chinese, the element too", async () => {
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  expect(await page.locator('h1').textContent()).toContain('写一个数字');
  await page.getByRole('button', { name: '清除' }).waitFor();
  await mouseHand(page).digit(three);
  await becomes(page, 'answered');
  await expect.poll(() => page.locator('[role=status]').textContent()).toMatch(/^识别为 3，把握/);
});

test('switches its language without losing the drawing', async () => {
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  expect(await page.title()).toContain('handwritten digits');
  expect(await page.locator('h1').textContent()).toContain('Draw a digit');
  expect(await answerOn(page)).toBe('3');
});

test('has no scroll bar across at any width, in either language', async () => {
  for (const width of [320, 390, 600, 768, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    for (const name of ['English', '中文']) {
      await page.getByRole('button', { name }).click();
      const { scroll, client } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      expect(scroll, `${name} at ${width}`).toBe(client);
    }
  }
});

test('remembers the language over a reload, and describes the model by its own bundle', async () => {
  await page.getByRole('button', { name: 'English' }).click();
  await page.reload();
  await page.locator('.facts').waitFor();
  expect(await page.locator('h1').textContent()).toContain('Draw a digit');
  const bundle = JSON.parse(await readFile(join(site.folder, 'model/bundle.json'), 'utf8'));
  const facts = await page.locator('.facts dd').allTextContents();
  expect(facts[0]).toContain(bundle.name);
  expect(facts[1]).toContain(bundle.version);
  expect(facts[2]).toContain(`${(bundle.metrics.test.accuracy * 100).toFixed(2)}%`);
  expect(facts[3]).toContain(`${Math.round(bundle.files[bundle.model].bytes / 1000).toLocaleString('en')} kB`);
  const card = await page.locator('.card dd').allTextContents();
  expect(card[4]).toBe(`a highest score (${bundle.rejection.score}) of ${bundle.rejection.threshold}`);
});
