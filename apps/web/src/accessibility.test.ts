import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desktop, openSite, type Site } from '../browser/site.ts';
import { bringTo, pageStates } from '../browser/states.ts';

let site: Site;
let axe: string;

beforeAll(async () => {
  [site, axe] = await Promise.all([
    openSite(),
    readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
  ]);
});

afterAll(() => site?.close());

/** What axe finds wrong with the page as it is, shadow roots and all. */
async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`),
    );
  });
}

/** The page as it is, in both languages and both themes. */
async function expectNothingWrong(page: Page): Promise<void> {
  for (const language of ['English', '中文']) {
    await page.getByRole('button', { name: language }).click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await violations(page), `${language}, ${colorScheme}`).toEqual([]);
    }
  }
}

describe('axe finds nothing wrong in either language or theme with the page', () => {
  let page: Page;

  beforeAll(async () => {
    // From the beginning: while a colour changes into another, axe would judge one that is between them.
    page = await site.visitReady({ ...desktop, reducedMotion: 'reduce' });
    await page.evaluate(axe);
  });

  test.each(pageStates)('$name', async (state) => {
    await bringTo(page, state);
    await expectNothingWrong(page);
  });

  test('and would find what is wrong inside the element', async () => {
    await page.locator('digit-recognizer').evaluate((element) => {
      const nameless = document.createElement('button');
      nameless.id = 'nameless';
      element.shadowRoot!.append(nameless);
    });
    expect((await violations(page)).join()).toContain('button-name');
    await page.locator('#nameless').evaluate((nameless) => nameless.remove());
  });

  test('with an error', async () => {
    site.server.fail('/model/bundle.json', 503);
    const unlucky = await site.visit({ ...desktop, reducedMotion: 'reduce' });
    await unlucky.evaluate(axe);
    await unlucky.locator('[role=alert]').waitFor();
    await expectNothingWrong(unlucky);
    site.server.mend('/model/bundle.json');
  });
});
