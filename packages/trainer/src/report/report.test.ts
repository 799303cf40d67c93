import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium } from '@mnist-edge/tools';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from '../backend.ts';
import { quick, smallDataset } from '../run.fixture.ts';
import { trainRun } from '../train-run.ts';
import { commandOf, reportOn } from './report-command.ts';

let folder: string;
let dataset: string;
let run: string;
let backend: Backend;
let file: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-report-'));
  dataset = join(folder, 'synthetic');
  run = join(folder, 'run');
  file = join(folder, 'report.html');
  await smallDataset(dataset, 400);
  backend = await startBackend();
  await trainRun({ config: quick, backend, dataset, folder: run });
  await writeFile(file, await reportOn('small', run, () => dataset));
  browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

test.each([
  [1280, 'light'],
  [390, 'dark'],
] as const)('opens from disk %i px wide, %s: no error, no request, nothing sticks out', async (width, colorScheme) => {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const faults: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) faults.push(request.url());
  });
  const url = pathToFileURL(file).href;
  await page.goto(url);
  const title = (name: string) => page.getByRole('heading', { level: 1, name, exact: true }).count();
  expect(await title('Run small: edge on synthetic')).toBe(1);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  expect(await page.locator('.charts svg:visible').count()).toBeGreaterThanOrEqual(4);
  const cell = page.locator('.confusion button').first();
  await cell.click();
  const open = page.locator('[popover]:popover-open');
  expect(await open.getByRole('listitem').count()).toBe(Math.min(12, Number(await cell.textContent())));
  expect(await open.getByRole('heading', { name: /^\d taken for \d: \d+$/ }).count()).toBe(1);
  await page.keyboard.press('Escape');
  await page.getByText('中文').click();
  expect(await title('训练 small：edge，synthetic')).toBe(1);
  expect(faults).toEqual([url]);
  await page.close();
});

test('it is one small file that names everything the run was made of', async () => {
  const html = await readFile(file, 'utf8');
  expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
  const info = JSON.parse(await readFile(join(dataset, 'dataset.json'), 'utf8'));
  for (const hash of Object.values<string>(info.files)) expect(html).toContain(hash);
  expect(html).toContain(
    'npx nx run trainer:train --run=small --model=edge --dataset=synthetic --seed=1 --epochs=2 --batch-size=50',
  );
});

test('the same run gives the same report', async () => {
  expect(await reportOn('small', run, () => dataset)).toBe(await readFile(file, 'utf8'));
});

test('a run whose dataset has changed since, and one that never ended, are refused with the way out', async () => {
  const other = join(folder, 'other');
  await smallDataset(other, 300);
  await expect(reportOn('small', run, () => other)).rejects.toThrow(
    /was trained on another synthetic: its train\.bin had SHA-256 .*npx nx run trainer:train --run=small --dataset=synthetic/s,
  );
  await expect(reportOn('none', join(folder, 'none'), () => dataset)).rejects.toThrow(
    /is not there: the run was never made/,
  );
});

test("the command says what is not the recipe's", () => {
  expect(commandOf('a', quick)).not.toContain('--optimizer');
  expect(commandOf('a', { ...quick, labelSmoothing: 0.1 })).toContain('--label-smoothing=0.1');
});
