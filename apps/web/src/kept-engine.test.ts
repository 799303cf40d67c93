import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mouseHand } from '../browser/hand.ts';
import { copyPageOfAnother } from '../browser/other-model.ts';
import { answerOn, clear, desktop, openSite, type Site } from '../browser/site.ts';
import { digit } from '../browser/states.ts';

let site: Site;
let page: Page;

/** Visits again; says whether the model's file was fetched, which an engine that goes on from before has no use for. */
async function visitAgain(): Promise<{ fetchedModel: boolean }> {
  const before = site.requestedBy(page).length;
  await page.reload();
  await page.locator('.facts').waitFor();
  await mouseHand(page).digit(digit('7'));
  await expect.poll(() => answerOn(page)).toBe('7');
  await clear(page);
  return {
    fetchedModel: site
      .requestedBy(page)
      .slice(before)
      .some((url) => url.endsWith('.onnx')),
  };
}

/** Waits until an engine is kept, and is not one that was spoiled here. */
async function kept(): Promise<void> {
  // Not by Playwright's `waitForFunction`, to which a promise is as good as what it comes to.
  const isThere = () =>
    page.evaluate(async () => {
      const cache = await caches.open('mnist-edge-engine');
      const engines = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
      return engines.length === 1 && engines[0]?.headers.has('x-spoiled') === false;
    });
  await expect.poll(isThere).toBe(true);
}

/** Changes the engine that is kept. */
async function spoil(how: 'memory' | 'model' | 'answer' | 'note'): Promise<void> {
  await page.evaluate(async (how) => {
    const cache = await caches.open('mnist-edge-engine');
    const [request] = await cache.keys();
    const response = await cache.match(request!);
    let note = response!.headers.get('x-engine')!;
    let memory = new Uint8Array(await response!.arrayBuffer());
    if (how === 'memory') memory = memory.fill(0, memory.length / 2);
    if (how === 'model') note = JSON.stringify({ ...JSON.parse(note), sha256: '0'.repeat(64) });
    if (how === 'answer') note = JSON.stringify({ ...JSON.parse(note), answer: [0] });
    if (how === 'note') note = 'not JSON';
    await cache.put(request!, new Response(memory, { headers: { 'x-engine': note, 'x-spoiled': '' } }));
  }, how);
}

beforeAll(async () => {
  // The engine for the build's own model need not be kept.
  site = await openSite(copyPageOfAnother);
  page = await site.visitReady({ ...desktop, serviceWorkers: 'allow' });
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
});

afterAll(() => site?.close());

test('a second visit goes on from the engine of the first, and answers', async () => {
  await kept();
  expect(await visitAgain()).toEqual({ fetchedModel: false });
});

test.each(['memory', 'model', 'answer', 'note'] as const)(
  'where its %s is not right, the model is opened anew',
  async (how) => {
    await kept();
    await spoil(how);
    expect(await visitAgain()).toEqual({ fetchedModel: true });
    await kept();
    expect(await visitAgain()).toEqual({ fetchedModel: false });
  },
);

test('nothing was complained of', () => {
  expect(site.complaints).toEqual([]);
});
