import { createHash } from 'node:crypto';
import { copyFile, cp, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createRandom, datasetFolder, readSplit, type Split } from '@mnist-edge/data';
import { normalize, PIXELS } from '@mnist-edge/recognizer';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desktop, openSite, phone, type Site } from '../browser/site.ts';
import { onCanvas } from './canvas.ts';
import { planNumbers } from './numbers.ts';
import { readDrawings } from './stroke-file.ts';

const here = import.meta.dirname;
const model = resolve(here, '../../../models/digits');

let site: Site;
let digits: Split;

beforeAll(async () => {
  digits = await readSplit(datasetFolder('mnist'), 'test');
  site = await openSite(async (folder) => {
    await build({
      root: join(here, 'page'),
      configFile: false,
      logLevel: 'warn',
      base: './',
      build: { outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 200, assetsInlineLimit: 0 },
    });
    await cp(model, join(folder, 'model'), { recursive: true });
    for (const file of ['digits.json', 'non-digits.json', 'unseen-non-digits.json', 'fresh-non-digits.json']) {
      await copyFile(join(here, file), join(folder, file));
    }
    await writeFile(join(folder, 'test.bin'), digits.images);
  });
}, 120_000);

afterAll(() => site?.close());

const say = (line: string) => process.stdout.write(`${line}\n`);
const share = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;

describe.each([
  ['desktop', desktop],
  ['phone', phone],
] as const)('in Chromium, %s', (name, options) => {
  let page: Page;

  beforeAll(async () => {
    page = await site.visit({ ...options, viewport: options.viewport! });
    await page.waitForFunction(() => 'handwriting' in globalThis);
  });

  test('at least 97 % of 220 drawn digits are right', { timeout: 240_000 }, async () => {
    const drawings = await readDrawings('digits');
    const said = await page.evaluate(() => globalThis.handwriting.drawings('./digits.json'));
    const wrong = drawings.flatMap(({ kind, style }, i) =>
      said[i] === kind ? [] : [`${kind} (${style}) as ${said[i]}`],
    );
    say(
      `${name}: ${share(drawings.length - wrong.length, drawings.length)} of the drawn digits are right; ${wrong.join(', ')}`,
    );
    expect(drawings.length).toBeGreaterThanOrEqual(200);
    expect(wrong.length / drawings.length, wrong.join(', ')).toBeLessThanOrEqual(0.03);
  });

  test('at least 95 % of 300 numbers of MNIST test digits are exactly right', { timeout: 300_000 }, async () => {
    const random = createRandom(1905);
    const plans = planNumbers(300, digits.count, random.next, 0.05);
    const written = plans.map((plan) => plan.digits.map(({ image }) => digits.labels[image]).join(''));
    const said = await page.evaluate((plans) => globalThis.handwriting.numbers('./test.bin', plans), plans);
    const wrong = written.flatMap((number, i) => (said[i] === number ? [] : [`${number} as ${said[i]}`]));
    say(`${name}: ${share(300 - wrong.length, 300)} of the numbers are right; ${wrong.join(', ')}`);
    expect(wrong.length, wrong.join(', ')).toBeLessThanOrEqual(15);
  });

  test.each([
    ['200 letters, shapes and scribbles', 'non-digits'],
    ['200 others, which said what nets are now trained on', 'unseen-non-digits'],
    ['200 more, drawn after that', 'fresh-non-digits'],
  ] as const)('at least 90 %% of %s are rejected', { timeout: 300_000 }, async (what, file) => {
    const drawings = await readDrawings(file);
    const said = await page.evaluate((url) => globalThis.handwriting.drawings(url), `./${file}.json`);
    const taken = drawings.flatMap(({ style }, i) => (said[i] === 'uncertain' ? [] : [`${style} as ${said[i]}`]));
    say(
      `${name}: ${share(drawings.length - taken.length, drawings.length)} of ${what} are rejected; ${taken.join(', ')}`,
    );
    expect(drawings).toHaveLength(200);
    expect(taken.length / drawings.length, taken.join(', ')).toBeLessThanOrEqual(0.1);
  });

  test('at most 1 % of all 600 are said to be several digits', { timeout: 300_000 }, async () => {
    const said = [];
    for (const file of ['non-digits', 'unseen-non-digits', 'fresh-non-digits'] as const) {
      const drawings = await readDrawings(file);
      const numbers = await page.evaluate((url) => globalThis.handwriting.tooMany(url), `./${file}.json`);
      said.push(...drawings.flatMap(({ style }, i) => (numbers[i] === null ? [] : [`${style} as ${numbers[i]}`])));
    }
    say(
      `${name}: ${share(said.length, 600)} of the letters, shapes and scribbles are said to be numbers; ${said.join(', ')}`,
    );
    expect(said.length, said.join(', ')).toBeLessThanOrEqual(6);
  });

  test('at most 1 % of the MNIST test digits are rejected', { timeout: 300_000 }, async () => {
    const refused = await page.evaluate(() => globalThis.handwriting.refused('./test.bin'));
    say(`${name}: ${share(refused, digits.count)} of the MNIST test digits are rejected`);
    expect(refused / digits.count).toBeLessThanOrEqual(0.01);
  });

  test('every MNIST test digit comes back from a canvas byte for byte, as it does in Node', {
    timeout: 300_000,
  }, async () => {
    const back = new Uint8Array(digits.images.length);
    for (let i = 0; i < digits.count; i++) {
      back.set(normalize(onCanvas(digits.images.subarray(i * PIXELS, (i + 1) * PIXELS), i))!, i * PIXELS);
    }
    expect(Buffer.compare(back, digits.images)).toBe(0);
    const inBrowser = await page.evaluate(() => globalThis.handwriting.normalised('./test.bin'));
    expect(inBrowser).toEqual({ equal: digits.count, sha256: createHash('sha256').update(back).digest('hex') });
  });
});
