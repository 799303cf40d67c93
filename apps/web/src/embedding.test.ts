import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { drawnDigits } from '../browser/digit-strokes.ts';
import { buildEmbeddingPages } from '../browser/embedding/pages.ts';
import { mouseHand } from '../browser/hand.ts';
import { drawAndWait } from '../browser/read-drawing.ts';
import { desktop, dist, openSite, type Site } from '../browser/site.ts';
import { integrity } from '../library-plugin.ts';
import type { DigitRecognizer } from './index.ts';

const digit = (wanted: string) => drawnDigits.find(({ digit }) => digit === wanted)!;

let site: Site;

beforeAll(async () => {
  site = await openSite(buildEmbeddingPages);
});

afterEach(() => {
  expect(site.complaints.splice(0)).toEqual([]);
});

afterAll(() => site?.close());

async function draw(page: Page, which: string, wanted: string): Promise<void> {
  await page.locator(which).scrollIntoViewIfNeeded();
  const drawn = digit(wanted);
  await drawAndWait(page, drawn.paths.length, () => mouseHand(page, which).digit(drawn), which);
  await page.locator(`${which} .layout[data-state=answered]`).waitFor();
}

/** The pages are served under this project's own strict policy, as `serveFolder` sends it, and have no exception. */
describe('a page of plain HTML under a strict content security policy, its script pinned by its hash', () => {
  let page: Page;

  beforeAll(async () => {
    page = await site.visit(desktop, 'plain.html');
    await page.locator('#first .pad').waitFor();
  });

  const valid = () => page.locator('#first').evaluate((element: DigitRecognizer) => element.checkValidity());
  const send = () => page.getByRole('button', { name: 'Send' }).click();

  test('fetches no runtime and no model before someone is about to draw', async () => {
    const requested = site.requestedBy(page).map((url) => url.slice(site.server.url.length));
    // Its icon a browser fetches when it has time.
    expect(requested.filter((path) => path !== 'favicon.svg')).toEqual(['plain.html', 'library/digit-recognizer.js']);
  });

  test('is not sent while a required digit is missing, and says so', async () => {
    await send();
    expect(page.url()).toBe(`${site.server.url}plain.html`);
    expect(await valid()).toBe(false);
    const message = await page.locator('#first').evaluate((element: DigitRecognizer) => element.validationMessage);
    expect(message).toBe('Draw a digit here.');
  });

  test('empties the element with its form', async () => {
    await draw(page, '#first', '3');
    expect(await valid()).toBe(true);
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.locator('#first .layout[data-state=empty]').waitFor();
    await expect.poll(valid).toBe(false);
  });

  test('has two elements of their own drawings and languages, with one session between them', async () => {
    await draw(page, '#first', '7');
    await draw(page, '#second', '2');
    expect(await page.locator('#first .answer').textContent()).toBe('7');
    expect(await page.locator('#second .answer').textContent()).toBe('2');
    expect(await page.locator('#second [aria-keyshortcuts=Delete]').textContent()).toContain('清除');
    expect(site.requestedBy(page).filter((url) => url.includes('worker'))).toHaveLength(1);
    expect(page.workers()).toHaveLength(1);
  });

  test('has no drawing in a disabled fieldset', async () => {
    await page.locator('#fieldset').scrollIntoViewIfNeeded();
    await mouseHand(page, '#fieldset').digit(digit('7'));
    expect(await page.locator('#fieldset .layout').getAttribute('data-state')).toBe('empty');
  });

  test('posts the digit with the form', async () => {
    await draw(page, '#first', '7');
    await send();
    await page.waitForURL('**/plain.html?digit=7');
  });

  test('does not run a script whose bytes are not the pinned ones', async () => {
    const script = join(site.folder, 'library/digit-recognizer.js');
    const published = await readFile(script);
    await appendFile(script, '\n');
    try {
      const wary = await site.visit(desktop, 'plain.html');
      await expect.poll(() => site.complaints.splice(0).join()).toContain('integrity');
      expect(await wary.evaluate(() => customElements.get('digit-recognizer'))).toBeUndefined();
    } finally {
      await writeFile(script, published);
    }
  });
});

describe.each(['react', 'vue'])('a %s app', (framework) => {
  test('hands the element attributes and hears its events', async () => {
    const page = await site.visit(desktop, `${framework}.html`);
    await page.locator('.pad').waitFor();
    await draw(page, 'digit-recognizer', '3');
    await expect.poll(() => page.locator('output').textContent()).toBe('3');
    await page.getByRole('button', { name: 'language' }).click();
    await page.getByRole('button', { name: '清除' }).waitFor();
    expect(await page.locator('digit-recognizer .answer').textContent()).toBe('3');
  });
});

describe('the library', () => {
  test('defines nothing but the element, and marks which Lit it brought', async () => {
    const page = await site.visit(desktop, 'react.html');
    const added = await page.evaluate(async () => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const inner = frame.contentWindow as unknown as { document: Document } & Record<string, unknown>;
      const before = new Set(Object.getOwnPropertyNames(inner));
      const script = inner.document.createElement('script');
      script.type = 'module';
      script.src = new URL('./library/digit-recognizer.js', document.baseURI).href;
      const loaded = new Promise((resolve, reject) => {
        script.onload = resolve;
        script.onerror = reject;
      });
      inner.document.head.append(script);
      await loaded;
      return {
        names: Object.getOwnPropertyNames(inner).filter((name) => !before.has(name)),
        styles: inner.document.adoptedStyleSheets.length + inner.document.styleSheets.length,
      };
    });
    expect(added.names.filter((name) => !/^(lit|reactive)\w*(Versions|Metadata)$/.test(name))).toEqual([]);
    expect(added.styles).toBe(0);
  });

  test('publishes the hash of its script, and types that stand by themselves', async () => {
    const script = await readFile(resolve(dist, 'library/digit-recognizer.js'));
    const published = JSON.parse(await readFile(resolve(dist, 'library/integrity.json'), 'utf8'));
    expect(published['digit-recognizer.js']).toBe(integrity(script));
    const types = await readFile(resolve(dist, 'library/digit-recognizer.d.ts'), 'utf8');
    expect(types).not.toMatch(/^\s*(import|export (const|class|function))\b/m);
    expect(types).toContain("'digit-recognizer': DigitRecognizerElement");
  });

  test('loads the runtime from where the page says', async () => {
    const page = await site.visit(desktop, 'react.html');
    await page.locator('.pad').waitFor();
    const wasm = `${site.server.url}mine.wasm`;
    site.server.fail('/mine.wasm', 418);
    const message = await page.locator('digit-recognizer').evaluate(
      (element: DigitRecognizer) =>
        new Promise((resolve) => {
          element.addEventListener('error', ({ detail }) => resolve(detail.message));
          element.runtime = './mine.wasm';
          element.updateComplete.then(() => element.load());
        }),
    );
    expect(message).toContain(`${wasm} was answered with 418`);
    expect(site.complaints.splice(0).join()).toContain(wasm);
  });
});
