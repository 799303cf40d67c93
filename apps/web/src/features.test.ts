import { readFile } from 'node:fs/promises';
import { decode, encode } from 'fast-png';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mouseHand } from '../browser/hand.ts';
import { photograph } from '../browser/photograph.ts';
import { drawAndWait } from '../browser/read-drawing.ts';
import { answerOn, becomes, clear, desktop, openSite, type Site } from '../browser/site.ts';
import { digit, drawNumber, scribble } from '../browser/states.ts';

let site: Site;
let page: Page;

beforeAll(async () => {
  site = await openSite();
  page = await site.visitReady(desktop);
});

beforeEach(() => clear(page));
afterEach(() => expect(site.complaints.splice(0)).toEqual([]));
afterAll(() => site?.close());

const option = (name: string) => page.locator(`.options input[name=${name}]`);

const photo = (wanted: string) => {
  const { width, height, data } = photograph(wanted);
  return Buffer.from(encode({ width, height, data, channels: 1, depth: 8 }));
};

describe('a picture', () => {
  test('that is chosen is read, its ink shown on the sheet', async () => {
    const file = { name: 'three.png', mimeType: 'image/png', buffer: photo('3') };
    await page.locator('digit-recognizer input[type=file]').setInputFiles(file);
    await becomes(page, 'answered');
    expect(await answerOn(page)).toBe('3');
  });

  test.each(['paste', 'drop'])('that comes by %s is read', async (type) => {
    const bytes = [...photo('7')];
    await page.locator('digit-recognizer').evaluate(
      (element, { type, bytes }) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], 'seven.png', { type: 'image/png' }));
        const event =
          type === 'paste'
            ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
        element.shadowRoot!.querySelector('.pad')!.dispatchEvent(event);
        element.dispatchEvent(event);
      },
      { type, bytes },
    );
    await becomes(page, 'answered');
    expect(await answerOn(page)).toBe('7');
  });

  test('that is none is refused by name', async () => {
    const file = { name: 'letter.png', mimeType: 'image/png', buffer: Buffer.from('Dear Sir') };
    await page.locator('digit-recognizer input[type=file]').setInputFiles(file);
    await expect.poll(() => page.locator('.notice').textContent()).toContain('“letter.png” is no picture');
  });

  test('without ink is said to be so', async () => {
    const data = new Uint8Array(100 * 100).fill(220);
    const buffer = Buffer.from(encode({ width: 100, height: 100, data, channels: 1, depth: 8 }));
    await page
      .locator('digit-recognizer input[type=file]')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
    await expect.poll(() => page.locator('.notice').textContent()).toContain('No ink was found');
  });
});

test('a scribble is rejected, and the reason is shown and announced', async () => {
  await scribble(mouseHand(page));
  await becomes(page, 'uncertain');
  const reason = 'This does not look like a digit.';
  expect(await page.locator('.advice').textContent()).toContain(reason);
  await expect.poll(() => page.locator('[role=status]').textContent()).toContain(reason);
});

test('a number where one digit is read is said to be one, and how it would be read is shown', async () => {
  const wanted = page.locator('.options label.wanted input');
  await drawNumber(mouseHand(page), '74');
  await becomes(page, 'uncertain');
  const reason = 'This looks like 74.';
  await expect.poll(() => page.locator('.advice').textContent()).toContain(reason);
  await expect.poll(() => page.locator('[role=status]').textContent()).toContain(reason);
  expect(await wanted.getAttribute('name')).toBe('multiple');
  await wanted.check();
  await expect.poll(() => answerOn(page)).toBe('74');
  await expect.poll(() => wanted.count()).toBe(0);
  await option('multiple').uncheck();
});

test('a whole number is read, its digits one by one at choice', async () => {
  await option('multiple').check();
  await drawNumber(mouseHand(page), '4072');
  await expect.poll(() => answerOn(page)).toBe('4072');
  expect(await page.locator('.bars .best .label').textContent()).toBe('4');
  await page.locator('.digits button').nth(2).click();
  expect(await page.locator('.bars .best .label').textContent()).toBe('7');
  const value = await page.locator('digit-recognizer').evaluate((element) => (element as HTMLInputElement).value);
  expect(value).toBe('4072');
  await option('multiple').uncheck();
});

test.each([390, 768, 1280])('the pad is a square at %d pixels, for one digit and for several', async (width) => {
  await page.setViewportSize({ width, height: 844 });
  for (const on of [true, false]) {
    await option('multiple').setChecked(on);
    const pad = (await page.locator('.pad').boundingBox())!;
    // Points are shares of one side: on another shape, digits would be squeezed.
    expect(Math.abs(pad.width - pad.height)).toBeLessThan(1);
    expect(pad.width).toBeGreaterThan(200);
  }
  await page.setViewportSize(desktop.viewport!);
  await page.evaluate(() => scrollTo(0, 0));
});

/** How many of the sheet's pixels are coloured as ink that speaks for the answer. */
function colouredPixels(): Promise<number> {
  return page.locator('digit-recognizer .ink').evaluate(async (canvas: HTMLCanvasElement) => {
    // It is painted in the next frame.
    await new Promise(requestAnimationFrame);
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let green = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at + 3]! > 200 && data[at + 1]! > data[at]! + 30) green++;
    return green;
  });
}

test('the ink is coloured by what it says, and the layers are shown on demand', async () => {
  await option('explain').check();
  await mouseHand(page).digit(digit('3'));
  await expect.poll(() => page.locator('.explained').textContent()).toContain('speaks for 3');
  expect(await colouredPixels()).toBeGreaterThan(100);
  await page.locator('.layers summary').click();
  await expect.poll(() => page.locator('.layers canvas').count()).toBeGreaterThan(2);
  await option('explain').uncheck();
});

test('the colours are found in another way at choice, which the next drawing keeps', async () => {
  const method = (name: string) =>
    page.getByRole('group', { name: 'How the colours were found' }).getByRole('button', { name });
  const picture = () =>
    page.locator('digit-recognizer .ink').evaluate(async (canvas: HTMLCanvasElement) => {
      // It is painted in the next frame.
      await new Promise(requestAnimationFrame);
      return canvas.toDataURL();
    });
  await option('explain').check();
  await mouseHand(page).digit(digit('3'));
  await page.locator('.explained').waitFor();
  expect(await method('By hiding parts').getAttribute('aria-pressed')).toBe('true');
  const byHiding = await picture();
  await method('By the last layer').click();
  await expect.poll(picture).not.toBe(byHiding);
  expect(await colouredPixels()).toBeGreaterThan(100);
  const byLayer = await picture();
  await method('By hiding parts').click();
  await expect.poll(picture).toBe(byHiding);

  await method('By the last layer').click();
  await clear(page);
  await mouseHand(page).digit(digit('3'));
  await page.locator('.explained').waitFor();
  expect(await method('By the last layer').getAttribute('aria-pressed')).toBe('true');
  await expect.poll(picture).toBe(byLayer);
  await method('By hiding parts').click();
  await option('explain').uncheck();
});

test('the colours go when they are no longer asked for, and come back; the answer stays', async () => {
  await mouseHand(page).digit(digit('3'));
  await becomes(page, 'answered');
  for (let times = 0; times < 2; times++) {
    await option('explain').check();
    await page.locator('.explained').waitFor();
    await expect.poll(colouredPixels).toBeGreaterThan(100);
    await option('explain').uncheck();
    await expect.poll(colouredPixels).toBe(0);
    expect(await page.locator('.explained').count()).toBe(0);
    expect(await page.locator('.layers').count()).toBe(0);
    expect(await answerOn(page)).toBe('3');
  }
});

describe('a correction', () => {
  const status = () => page.locator('[role=status]').textContent();

  test('is learned at once, can be switched off, saved as a dataset, survives a reload, and is forgotten', async () => {
    const hand = mouseHand(page);
    const seven = digit('7');
    await drawAndWait(page, seven.paths.length, () => hand.digit(seven));
    for (let times = 0; times < 3; times++) {
      await page.getByRole('button', { name: 'That was wrong' }).click();
      await page
        .getByRole('group', { name: 'Which digit is it?' })
        .getByRole('button', { name: '1', exact: true })
        .click();
      await page.getByText(`Use my ${times + 1} correction`).waitFor();
    }
    await expect.poll(() => answerOn(page)).toBe('1');

    const toggle = page.getByRole('switch');
    await toggle.uncheck();
    await expect.poll(() => answerOn(page)).toBe('7');
    await toggle.check();
    await expect.poll(() => answerOn(page)).toBe('1');

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as dataset' }).click();
    const files = unzipSync(await readFile(await (await download).path()));
    const folders = [...'0123456789'].map((label) => `${label}/`);
    expect(Object.keys(files).sort()).toEqual([...folders, '1/00001.png', '1/00002.png', '1/00003.png'].sort());
    expect(decode(files['1/00001.png']!)).toMatchObject({ width: 36, height: 36, channels: 1 });

    await page.reload();
    await page.locator('.memory').waitFor();
    await hand.digit(seven);
    await expect.poll(() => answerOn(page)).toBe('1');

    await page.getByRole('button', { name: 'Forget' }).click();
    await expect.poll(() => answerOn(page)).toBe('7');
    expect(await page.locator('.memory').count()).toBe(0);
    expect(await status()).not.toBe('');
  });
});
