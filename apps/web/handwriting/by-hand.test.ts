import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hand, mouseHand, touchHand } from '../browser/hand.ts';
import { readDrawing } from '../browser/read-drawing.ts';
import { desktop, openSite, phone, type Site } from '../browser/site.ts';
import { type Drawing, readDrawings } from './stroke-file.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite();
}, 120_000);

afterAll(() => site?.close());

/** What the page reads when a drawing is made by real input. */
function read(page: Page, hand: Hand, { strokes }: Drawing): Promise<string | null> {
  const draw = async () => {
    for (const stroke of strokes) await hand.stroke(stroke);
  };
  return readDrawing(page, strokes.length, draw);
}

/** All of them would take minutes by real input; the page's recognizer reads them all in `handwriting.test.ts`. */
const sample = (drawings: readonly Drawing[], step: number) => drawings.filter((_, i) => i % step === 4);

describe.each([
  ['a mouse on a desktop', desktop, async (page: Page) => mouseHand(page)],
  ['a finger on a phone', phone, async (page: Page) => touchHand(page, await page.context().newCDPSession(page))],
] as const)('with %s', (_, options, handOn) => {
  test('the page reads drawn digits, and says of other things that they are none', { timeout: 300_000 }, async () => {
    const page = await site.visitReady(options);
    const hand = await handOn(page);
    const digits = sample(await readDrawings('digits'), 22);
    const wrong: string[] = [];
    for (const drawing of digits) {
      const said = await read(page, hand, drawing);
      if (said !== drawing.kind) wrong.push(`${drawing.kind} (${drawing.style}) as ${said}`);
    }
    expect(digits.length).toBe(10);
    expect(wrong.length, wrong.join(', ')).toBeLessThanOrEqual(1);
    const others = sample(await readDrawings('non-digits'), 20);
    const taken: string[] = [];
    for (const drawing of others) {
      const said = await read(page, hand, drawing);
      if (said !== null && /\d/.test(said)) taken.push(`${drawing.style} as ${said}`);
    }
    expect(others.length).toBe(10);
    expect(taken.length, taken.join(', ')).toBeLessThanOrEqual(2);
    expect(site.complaints).toEqual([]);
  });
});
