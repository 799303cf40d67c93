import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOn, becomes, desktop, openSite, type Site } from '../browser/site.ts';

let site: Site;
let page: Page;

beforeAll(async () => {
  site = await openSite();
  page = await site.visitReady(desktop);
});

afterAll(() => site?.close());

/** What has the focus: its text, its label or its name. */
function focused(): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const text = element?.textContent?.trim().replace(/\s+/g, ' ');
    return element?.getAttribute('name') || (element?.matches('.pad') ? 'sheet' : text) || '';
  });
}

/** Goes on with Tab until something has the focus. */
async function tabTo(wanted: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if ((await focused()) === wanted) return;
  }
  expect.unreachable(`Tab never came to ${wanted}`);
}

async function press(key: string, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
}

/** A seven: a bar to the right, then aslant down. */
async function drawSeven(): Promise<void> {
  await press('ArrowLeft', 5);
  await press('Space');
  await press('ArrowRight', 8);
  await press('End', 4);
  await press('ArrowDown', 7);
  await press('Space');
}

test('the whole flow goes by the keyboard alone', async () => {
  await tabTo('中文');
  await press('Enter');
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  await page.keyboard.press('Shift+Tab');
  await press('Enter');
  expect(await page.locator('html').getAttribute('lang')).toBe('en');

  await tabTo('sheet');
  await drawSeven();
  await becomes(page, 'answered');
  await expect.poll(() => answerOn(page)).toBe('7');

  await tabTo('Undo');
  await press('Enter');
  await becomes(page, 'empty');
  await tabTo('Redo');
  await press('Enter');
  await becomes(page, 'answered');

  await tabTo('That was wrong');
  await press('Enter');
  await tabTo('7');
  await press('Enter');
  await expect.poll(() => page.locator('[role=status]').textContent()).not.toBe('');
  await page.locator('.memory').waitFor();
  await tabTo('Forget');
  await press('Enter');
  await expect.poll(() => page.locator('.memory').count()).toBe(0);

  await tabTo('explain');
  await press('Space');
  await page.locator('.explained').waitFor();
  await tabTo('Model card');
  await press('Enter');
  await page.locator('.card').waitFor();
});
