import { copyFile, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mouseHand } from '../browser/hand.ts';
import { replaceModel } from '../browser/other-model.ts';
import { answerOn, desktop, dist, openSite, type Site, whole } from '../browser/site.ts';
import { digit } from '../browser/states.ts';
import { startNoting } from '../trim/calls.ts';
import { instrumented, trimmed } from '../trim/wasm-binary.ts';

let site: Site;
let opening: string;
let resuming: string;

beforeEach(async () => {
  // With the library, where the whole of onnxruntime is; and with a model that is to be opened.
  site = await openSite(async (folder) => {
    await cp(dist, folder, { recursive: true });
    await replaceModel(folder);
  });
  const files = await readdir(join(dist, 'assets'));
  const path = (name: string) => join(site.folder, 'assets', files.find((file) => file.startsWith(name))!);
  [opening, resuming] = [path('onnxruntime-opening'), path('onnxruntime-resuming')];
});

afterEach(() => site?.close());

/** What of onnxruntime a visit fetches to read a seven; first always what the engine that the build started goes on with. */
async function readSeven(page: Page): Promise<string[]> {
  const before = site.requestedBy(page).length;
  await page.reload();
  await page.locator('.facts').waitFor();
  await mouseHand(page).digit(digit('7'));
  await expect.poll(() => answerOn(page)).toBe('7');
  const fetched = site.requestedBy(page).slice(before);
  // Vite's hashes have eight letters, and may have a dash among them.
  const names = fetched.flatMap((url) => url.match(/\/((?:onnxruntime|ort)-.*)-.{8}\.wasm$/)?.[1] ?? []);
  return [...new Set(names)];
}

/** Waits until an engine is kept for the next visit. */
async function kept(page: Page): Promise<void> {
  const count = () => page.evaluate(async () => (await (await caches.open('mnist-edge-engine')).keys()).length);
  await expect.poll(count).toBe(1);
}

/** The same file with the functions alone that start an engine. */
async function starting(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  const { called } = await startNoting(await WebAssembly.compile(instrumented(bytes)));
  return trimmed(bytes, called());
}

/** The complaints but for that the whole of onnxruntime was fetched. */
function otherComplaints(): string[] {
  return site.complaints.filter((complaint) => !whole.test(complaint));
}

test('a first visit opens the model on some functions, a second goes on with fewer', async () => {
  const page = await site.visitReady(desktop);
  await kept(page);
  expect(await readSeven(page)).toEqual(['onnxruntime-resuming']);
  expect(site.requestedBy(page).filter((url) => url.includes('onnxruntime-opening'))).toHaveLength(1);
  expect(site.complaints).toEqual([]);
});

test('a model that needs other functions to be opened is opened by all of them, and so is what was kept of it', async () => {
  await copyFile(resuming, opening);
  const page = await site.visitReady(desktop);
  await kept(page);
  expect(site.requestedBy(page).filter((url) => whole.test(url))).toHaveLength(1);
  expect(await readSeven(page)).toEqual(['onnxruntime-resuming', 'ort-wasm-simd-threaded']);
  expect(otherComplaints()).toEqual([]);
});

test('where what was kept needs other functions, the model is opened anew', async () => {
  const page = await site.visitReady(desktop);
  await kept(page);
  await writeFile(resuming, trimmed(await readFile(resuming), new Set()));
  expect(await readSeven(page)).toEqual(['onnxruntime-resuming', 'onnxruntime-opening']);
  expect(site.complaints).toEqual([]);
});

test('a function that only a reading needs may be lacking too', async () => {
  const page = await site.visitReady(desktop);
  await kept(page);
  await writeFile(resuming, await starting(resuming));
  expect(await readSeven(page)).toEqual(['onnxruntime-resuming', 'onnxruntime-opening']);
  expect(site.complaints).toEqual([]);
});
