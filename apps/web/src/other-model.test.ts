import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mouseHand } from '../browser/hand.ts';
import { copyPageOfAnother } from '../browser/other-model.ts';
import { becomes, desktop, openSite, type Site } from '../browser/site.ts';
import { digit } from '../browser/states.ts';

/** A model that is not the one that the page was built with. */
let site: Site;
let requested: readonly string[];

beforeAll(async () => {
  site = await openSite(copyPageOfAnother);
  const page = await site.visitReady(desktop);
  requested = site.requestedBy(page);
  await mouseHand(page).digit(digit('7'));
  await becomes(page, 'answered');
  expect(site.complaints).toEqual([]);
});

afterAll(() => site?.close());

test('is fetched once, and opened', () => {
  expect(requested.filter((url) => url.endsWith('.onnx'))).toHaveLength(1);
  expect(requested.filter((url) => url.includes('onnxruntime-opening'))).toHaveLength(1);
});

test.each(['.onnx', 'bundle.json', 'onnxruntime-opening'])(
  'that lacks its %s is an error that says so, and is asked for again on demand',
  async (part) => {
    const file = new URL(requested.find((url) => url.includes(part))!);
    site.server.fail(file.pathname, 503);
    const unlucky = await site.visit(desktop);
    await becomes(unlucky, 'error');
    expect(await unlucky.locator('[role=alert]').textContent()).toContain(`${file} was answered with 503`);
    await expect.poll(() => site.complaints).toContain(`503: ${file}`);
    site.server.mend(file.pathname);
    await unlucky.getByRole('button', { name: 'Try again' }).click();
    await unlucky.locator('.facts').waitFor();
    await mouseHand(unlucky).digit(digit('7'));
    await becomes(unlucky, 'answered');
    // The browser too speaks of it on its console, sooner or later.
    const others = site.complaints.splice(0).filter((complaint) => !complaint.includes('503'));
    expect(others).toEqual([]);
  },
);

test('is refused by name when its bytes are not the published ones', async () => {
  const { model } = JSON.parse(await readFile(join(site.folder, 'model/bundle.json'), 'utf8'));
  const path = join(site.folder, 'model', model);
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(1));
  try {
    const wary = await site.visit(desktop);
    await becomes(wary, 'error');
    const alert = await wary.locator('[role=alert]').textContent();
    expect(alert).toContain(`${model} of digits`);
    expect(alert).toContain('is not the published file');
  } finally {
    await writeFile(path, bytes);
  }
});
