import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recognizer } from '@mnist-edge/recognizer';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectSameAnswers, openInNode } from '../browser/same-answers.ts';
import { desktop, openSite, type Site } from '../browser/site.ts';

/** Both are onnxruntime's WebAssembly; all 10,000 test digits through every runtime: `npx nx run parity:test`. */
const TOLERANCE = 1e-5;

let site: Site;
let page: Page;
let recognizer: Recognizer;

beforeAll(async () => {
  site = await openSite();
  page = await site.visit(desktop, '?precision=int8');
  await page.locator('.facts').waitFor();
  recognizer = await openInNode('int8');
});

afterAll(() => site?.close());

test('fetches the model in 8-bit integers alone, and says its size', async () => {
  const { bundle } = recognizer;
  const models = site.requestedBy(page).filter((url) => url.endsWith('.onnx'));
  expect(models).toEqual([`${site.server.url}model/${bundle.int8!.model}`]);
  const kilobytes = Math.round(bundle.files[bundle.int8!.model]!.bytes / 1000);
  expect(await page.locator('.facts').textContent()).toContain(`${kilobytes} kB`);
});

test('answers in Chromium as in Node', async () => {
  await expectSameAnswers(page, recognizer, TOLERANCE);
});

test('where a bundle has none, is an error that says what to do', async () => {
  const path = join(site.folder, 'model/bundle.json');
  const { int8: _, ...bundle } = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify(bundle));
  const without = await site.visit(desktop, '?precision=int8');
  const problem = without.locator('digit-recognizer .problem');
  await problem.waitFor();
  expect(await problem.textContent()).toContain('has no int8 model, only model.onnx. Ask for precision "fp32"');
});
