import type { Recognizer } from '@mnist-edge/recognizer';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mouseHand } from '../browser/hand.ts';
import { expectSameAnswers, openInNode } from '../browser/same-answers.ts';
import { answerOn, desktop, openSite, type Site } from '../browser/site.ts';
import { digit } from '../browser/states.ts';

let site: Site;
let page: Page;
let recognizer: Recognizer;

beforeAll(async () => {
  site = await openSite();
  page = await site.visitReady(desktop);
  recognizer = await openInNode('fp32');
});

afterAll(() => site?.close());

/** What a visit fetched of the runtime and the model. */
function parts(visit: Page): string[] {
  const names = site.requestedBy(visit).map((url) => url.replace(/^.*\//, '').replace(/-.{8}(\.\w+)$/, '$1'));
  return names.filter((name) => /\.(wasm|onnx)$/.test(name)).sort();
}

test('a first visit goes on from the engine that the build started, and opens no model', async () => {
  expect(parts(page)).toEqual(['engine.wasm', 'onnxruntime-resuming.wasm']);
  // And so it has nothing to keep for the next one.
  expect(await page.evaluate(async () => caches.keys())).toEqual([]);
});

test('it gives the numbers that the opened model gives in Node', async () => {
  // The logits are the same to the bit; versions of V8 differ in the last one of an exponential.
  await expectSameAnswers(page, recognizer, 1e-12);
});

test.each(['assets/engine', 'onnxruntime-resuming'])('without its %s the model is opened', async (part) => {
  const file = new URL(site.requestedBy(page).find((url) => url.includes(part))!);
  site.server.fail(file.pathname, 503);
  const unlucky = await site.visitReady(desktop);
  await mouseHand(unlucky).digit(digit('7'));
  await expect.poll(() => answerOn(unlucky)).toBe('7');
  expect(parts(unlucky)).toEqual(expect.arrayContaining(['model.onnx', 'onnxruntime-opening.wasm']));
  site.server.mend(file.pathname);
  expect(site.complaints.splice(0).filter((complaint) => !complaint.includes('503'))).toEqual([]);
});
