import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { drawnDigits } from '../browser/digit-strokes.ts';
import { type Hand, mouseHand } from '../browser/hand.ts';
import { drawAndWait } from '../browser/read-drawing.ts';
import { answerOn, becomes, clear, desktop, openSite, type Site } from '../browser/site.ts';
import type { DigitRecognizer } from './index.ts';

const digit = (wanted: string) => drawnDigits.find(({ digit }) => digit === wanted)!;

let site: Site;
/** Loading a page takes far longer than drawing on it, so the tests that only draw share one. */
let page: Page;
let hand: Hand;

beforeAll(async () => {
  site = await openSite();
  page = await site.visitReady(desktop);
  hand = mouseHand(page);
});

beforeEach(() => clear(page));
afterEach(async () => {
  await site.leave(page);
  expect(site.complaints.splice(0)).toEqual([]);
});

afterAll(() => site?.close());

async function draw(wanted: string): Promise<void> {
  const drawn = digit(wanted);
  await drawAndWait(page, drawn.paths.length, () => hand.digit(drawn));
  await becomes(page, 'answered');
}

/** How many pixels hold ink: those of the sheet, and those of the 28 × 28 that the net sees. */
async function inked(): Promise<{ sheet: number; preview: number }> {
  return page.locator('digit-recognizer').evaluate(async (element) => {
    // What changed is painted in the next frame.
    await new Promise(requestAnimationFrame);
    const count = (selector: string, channel: number) => {
      const canvas = element.shadowRoot!.querySelector<HTMLCanvasElement>(selector)!;
      // Read from a copy: reading a canvas often makes Chromium complain about it.
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, at) => at % 4 === channel && value > 0).length;
    };
    return { sheet: count('.ink', 3), preview: count('.preview canvas', 0) };
  });
}

describe('the sheet', () => {
  test('shows the ink, what the net sees and ten bars, and announces the answer', async () => {
    await draw('7');
    const { sheet, preview } = await inked();
    expect(sheet).toBeGreaterThan(1000);
    expect(preview).toBeGreaterThan(30);
    expect(preview).toBeLessThan(200);
    expect(await page.locator('.bars .label').allTextContents()).toEqual([...'0123456789']);
    expect(await page.locator('.bars .best .label').textContent()).toBe('7');
    await expect.poll(() => page.locator('[role=status]').textContent()).toMatch(/^7, (> )?\d+% sure$/);
  });

  test('answers while the pen is still down', async () => {
    const box = (await page.locator('.ink').boundingBox())!;
    await page.mouse.move(box.x + 150, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 150, box.y + 260, { steps: 10 });
    await becomes(page, 'answered');
    await expect.poll(() => answerOn(page)).toBe('1');
    await page.mouse.up();
  });

  test('is emptied by Clear, and gives no answer then', async () => {
    await draw('7');
    await page.getByRole('button', { name: 'Clear' }).click();
    await becomes(page, 'empty');
    expect(await inked()).toEqual({ sheet: 0, preview: 0 });
    expect(await answerOn(page)).toBe('');
    expect(await page.locator('.bars .value').allTextContents()).toEqual(Array(10).fill(''));
  });

  test('gives no answer to a tap, which it shows', async () => {
    const events = await page.locator('digit-recognizer').evaluateHandle((element) => {
      const events: string[] = [];
      for (const type of ['recognized', 'rejected']) element.addEventListener(type, () => void events.push(type));
      return events;
    });
    await page.locator('.ink').click();
    await page.waitForTimeout(200);
    await becomes(page, 'empty');
    expect((await inked()).sheet).toBeGreaterThan(0);
    expect(await events.jsonValue()).toEqual([]);
  });

  test('brings back what was undone, and what was cleared', async () => {
    await draw('7');
    await page.getByRole('button', { name: 'Clear' }).click();
    await becomes(page, 'empty');
    await page.getByRole('button', { name: 'Undo' }).click();
    await becomes(page, 'answered');
    await page.getByRole('button', { name: 'Undo' }).click();
    await becomes(page, 'empty');
    await page.keyboard.press('Control+Shift+z');
    await becomes(page, 'answered');
    expect(await answerOn(page)).toBe('7');
    expect(await page.getByRole('button', { name: 'Redo' }).getAttribute('aria-disabled')).toBeNull();
  });

  test('is erased in part with the eraser', async () => {
    await draw('4');
    const whole = await inked();
    const eraser = page.getByRole('button', { name: 'Eraser' });
    await eraser.click();
    expect(await eraser.getAttribute('aria-pressed')).toBe('true');
    await hand.stroke([
      { x: 0.1, y: 0.85 },
      { x: 0.9, y: 0.8 },
    ]);
    const { sheet } = await inked();
    expect(sheet).toBeGreaterThan(1000);
    expect(sheet).toBeLessThan(whole.sheet);
    await eraser.click();
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await inked()).sheet).toBe(whole.sheet);
  });

  test('is drawn on with the keyboard alone, and says what it does', async () => {
    await page.locator('.pad').focus();
    const said: string[] = [];
    await page.exposeFunction('said', (text: string) => void said.push(text));
    await page.locator('[role=status]').evaluate((status) => {
      new MutationObserver(() =>
        (globalThis as unknown as { said(text: string): void }).said(status.textContent),
      ).observe(status, { childList: true, characterData: true, subtree: true });
    });
    const press = async (key: string, times: number) => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    await press('ArrowLeft', 5);
    await press('Space', 1);
    await press('ArrowRight', 8);
    await page.keyboard.down('ArrowDown');
    await press('ArrowLeft', 3);
    await page.keyboard.up('ArrowDown');
    await press('ArrowDown', 8);
    await press('Space', 1);
    await becomes(page, 'answered');
    await expect.poll(() => answerOn(page)).toBe('7');
    await expect.poll(() => said).toEqual(['Pen down', 'Pen up', expect.stringMatching(/^7, .* sure$/)]);
    await page.keyboard.press('Delete');
    await becomes(page, 'empty');
    await expect.poll(() => said.at(-1)).toBe('Cleared');
  });

  test('takes strokes back one by one', async () => {
    await draw('4');
    const both = await inked();
    await page.getByRole('button', { name: 'Undo' }).click();
    const one = await inked();
    expect(one.sheet).toBeGreaterThan(0);
    expect(one.sheet).toBeLessThan(both.sheet);
    await page.getByRole('button', { name: 'Undo' }).click();
    await becomes(page, 'empty');
    expect((await inked()).sheet).toBe(0);
  });

  test('is undone and cleared by keys after drawing, and by buttons that Tab reaches', async () => {
    await draw('7');
    await page.keyboard.press('Control+z');
    await becomes(page, 'empty');
    await draw('7');
    await page.keyboard.press('Delete');
    await becomes(page, 'empty');
    await draw('7');
    for (let button = 0; button < 4; button++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await becomes(page, 'empty');
    expect(await page.locator('[role=status]').textContent()).toBe('Cleared');
  });

  test('keeps the drawing when the window changes its size', async () => {
    await draw('7');
    await page.setViewportSize({ width: 600, height: 900 });
    await expect.poll(async () => (await inked()).sheet).toBeGreaterThan(1000);
    expect(await answerOn(page)).toBe('7');
    await page.setViewportSize(desktop.viewport!);
  });
});

describe('the events', () => {
  test('carry the answer, the probabilities and what the net saw', async () => {
    const recognized = page.locator('digit-recognizer').evaluate(
      (element: DigitRecognizer) =>
        new Promise((resolve) => {
          element.addEventListener('recognized', ({ detail: { label, digits } }) => {
            const { index, probabilities, image } = digits[0]!;
            resolve({ label, index, sum: probabilities.reduce((a, b) => a + b), pixels: image.length });
          });
        }),
    );
    await draw('3');
    expect(await recognized).toEqual({ label: '3', index: 3, sum: expect.closeTo(1, 6), pixels: 784 });
  });

  test('say that the net is not sure, below the threshold of its bundle', async () => {
    await withBundle({ rejection: { score: 'logit', threshold: 1000 } }, async () => {
      const unsure = await site.visitReady(desktop);
      const rejection = unsure.locator('digit-recognizer').evaluate(
        (element: DigitRecognizer) =>
          new Promise((resolve) => {
            element.addEventListener('rejected', ({ detail }) => resolve(detail.rejection));
          }),
      );
      await mouseHand(unsure).digit(digit('7'));
      await becomes(unsure, 'uncertain');
      expect(await unsure.locator('.result').textContent()).toContain('Not sure');
      expect(await rejection).toBe('uncertain');
      expect(await unsure.locator('.bars .best').count()).toBe(0);
    });
  });
});

describe('the model', () => {
  test('is loaded once for all elements of a page', async () => {
    const ready = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const second = document.createElement('digit-recognizer');
          second.preload = true;
          second.addEventListener('ready', (event) => {
            second.remove();
            resolve(event.detail.model.name);
          });
          document.body.append(second);
        }),
    );
    expect(ready).toBe('digits');
    const requested = site.requestedBy(page);
    for (const part of ['assets/engine-', 'assets/onnxruntime-']) {
      expect(
        requested.filter((name) => name.includes(part)),
        part,
      ).toHaveLength(1);
    }
  });

  test('is not needed to begin: what was drawn while it was loading is recognized', async () => {
    const early = await site.visitReady(desktop);
    let arrive = () => {};
    const held = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await early.route('**/model/bundle.json', async (route) => {
      await held;
      await route.continue();
    });
    await early.reload();
    await mouseHand(early).digit(digit('7'));
    await becomes(early, 'loading');
    arrive();
    await expect.poll(() => answerOn(early)).toBe('7');
  });
});

const bundleFile = () => join(site.folder, 'model/bundle.json');

/** Serves bundle.json with other fields for a while. */
async function withBundle(change: object, work: () => Promise<void>): Promise<void> {
  const published = await readFile(bundleFile(), 'utf8');
  await writeFile(bundleFile(), JSON.stringify({ ...JSON.parse(published), ...change }));
  try {
    await work();
  } finally {
    await writeFile(bundleFile(), published);
  }
}
