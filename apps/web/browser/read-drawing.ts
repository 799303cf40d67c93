import type { Page } from 'playwright-core';
import { answerOn, clear } from './site.ts';

/**
 * Draws, and waits until the element has told what it makes of all that was drawn.
 * @param strokes how many strokes are drawn
 * @param draw by real input
 * @param which element of the page is drawn on, as a CSS selector
 */
export async function drawAndWait(
  page: Page,
  strokes: number,
  draw: () => Promise<void>,
  which = 'digit-recognizer',
): Promise<void> {
  const seen = await page.locator(which).evaluateHandle((element) => {
    const seen = { lifted: 0, told: false };
    // Nothing is told of a drawing to which more was added since: what is told from here on is of this stroke too.
    const lifted = () => {
      seen.lifted++;
      seen.told = false;
    };
    const told = () => {
      seen.told = true;
    };
    element.addEventListener('pointerup', lifted, { capture: true });
    for (const type of ['recognized', 'rejected']) element.addEventListener(type, told);
    return seen;
  });
  await draw();
  await page.waitForFunction(([{ lifted, told }, strokes]) => lifted === strokes && told, [seen, strokes] as const);
}

/**
 * Draws on an empty sheet and waits for the last word on it.
 * @returns what the page shows as its answer
 */
export async function readDrawing(page: Page, strokes: number, draw: () => Promise<void>): Promise<string | null> {
  await clear(page);
  await drawAndWait(page, strokes, draw);
  return answerOn(page);
}
