import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawnDigits } from '../browser/digit-strokes.ts';
import { type Hand, mouseHand, type Place, touchHand } from '../browser/hand.ts';
import { readDrawing } from '../browser/read-drawing.ts';
import { desktop, openSite, phone, type Site } from '../browser/site.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite();
});

afterAll(() => site?.close());

async function misread(page: Page, hand: Hand, which: 0 | 1, place: Place): Promise<string[]> {
  const wrong: string[] = [];
  // Each digit is there in two hands, one after the other.
  for (const drawn of drawnDigits.filter((_, index) => index % 2 === which)) {
    const found = await readDrawing(page, drawn.paths.length, () => hand.digit(drawn, place));
    if (found !== drawn.digit) wrong.push(`${drawn.digit} (${drawn.style}) was read as ${found}`);
  }
  return wrong;
}

describe.each([
  ['one hand', 0],
  ['another hand', 1],
] as const)('of ten digits in %s, at most one is misread', (_, which) => {
  test('when drawn with a mouse, large', { timeout: 120_000 }, async () => {
    const page = await site.visitReady(desktop);
    const wrong = await misread(page, mouseHand(page), which, { left: 0.1, top: 0.1, size: 0.8 });
    expect(wrong.length, wrong.join('; ')).toBeLessThanOrEqual(1);
    expect(site.complaints).toEqual([]);
  });

  test('when drawn with a finger on a phone, small and off-centre', { timeout: 120_000 }, async () => {
    const page = await site.visitReady(phone);
    const hand = touchHand(page, await page.context().newCDPSession(page));
    const wrong = await misread(page, hand, which, { left: 0.5, top: 0.15, size: 0.4 });
    expect(wrong.length, wrong.join('; ')).toBeLessThanOrEqual(1);
    expect(await page.evaluate(() => [scrollX, scrollY]), 'drawing scrolled the page').toEqual([0, 0]);
    expect(site.complaints).toEqual([]);
  });
});
