import type { Page } from 'playwright-core';
import { answerOn, clear } from './site.ts';

/**
 * Draws on an empty sheet and waits for the last word on it.
 * @param draw by real input
 * @param quiet ms after which nothing more is to be expected from the element
 * @returns what the page shows as its answer
 */
export async function readDrawing(page: Page, draw: () => Promise<void>, quiet: number): Promise<string | null> {
  await clear(page);
  await page.locator('digit-recognizer').evaluate((element) => {
    const seen = { at: 0 };
    Object.assign(element, { seen });
    const note = () => {
      seen.at = performance.now();
    };
    element.addEventListener('recognized', note);
    element.addEventListener('rejected', note);
  });
  await draw();
  await page.waitForFunction((rest) => {
    const { at } = (document.querySelector('digit-recognizer') as unknown as { seen: { at: number } }).seen;
    return at > 0 && performance.now() - at > rest;
  }, quiet);
  return answerOn(page);
}
