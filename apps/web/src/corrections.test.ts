import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { datasetFolder, readDatasetInfo, readSplit, splitNames } from '@mnist-edge/data';
import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { decode } from 'fast-png';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mouseHand } from '../browser/hand.ts';
import { drawAndWait } from '../browser/read-drawing.ts';
import { becomes, clear, desktop, openSite, type Site } from '../browser/site.ts';
import { readDrawings } from '../handwriting/stroke-file.ts';

const root = resolve(import.meta.dirname, '../../..');
/** Names the dataset, and the run that learns from it. */
const name = `corrections-test-${process.pid}`;
const out = datasetFolder(name);
const run = resolve(root, '.artifacts/runs', name);

let site: Site;
let folder: string;

/** Runs a command of this repository as a person would. */
async function tsx(project: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('npx', ['tsx', 'src/main.ts', ...args], {
    cwd: resolve(root, 'packages', project),
  });
  return stdout;
}

beforeAll(async () => {
  site = await openSite();
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-corrections-'));
});

afterAll(async () => {
  await site?.close();
  for (const made of [folder, out, run]) await rm(made, { recursive: true, force: true });
});

/** So that a failure shows which images differ and not what is in them. */
function fingerprint(image: Uint8Array): string {
  return createHash('sha256').update(image).digest('hex').slice(0, 16);
}

/** The 28 × 28 bytes that the net saw, without the margin they are saved with. */
function frameOf(paper: Uint8Array): string {
  const side = Math.sqrt(paper.length);
  const margin = (side - SIDE) / 2;
  return fingerprint(
    new Uint8Array(PIXELS).map((_, at) => paper[(margin + Math.floor(at / SIDE)) * side + margin + (at % SIDE)]!),
  );
}

/** Corrections are split by their hashes; of so many, each split has some. */
const STEP = 4;

test('what people correct on the page becomes a dataset, every image as the net saw it', {
  timeout: 480_000,
}, async () => {
  const page = await site.visitReady(desktop);
  const drawings = (await readDrawings('digits')).filter((_, i) => i % STEP === 0);
  for (const [taught, { kind, strokes }] of drawings.entries()) {
    await clear(page);
    await drawAndWait(page, strokes.length, async () => {
      for (const stroke of strokes) await mouseHand(page).stroke(stroke);
    });
    await page.getByRole('button', { name: 'That was wrong' }).click();
    const question = page.getByRole('group', { name: 'Which digit is it?' });
    await question.getByRole('button', { name: kind, exact: true }).click();
    await page.getByText(`Use my ${taught + 1} correction`).waitFor();
  }
  await becomes(page, 'answered');

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as dataset' }).click();
  const files = Object.entries(unzipSync(await readFile(await (await download).path())));
  for (const [path, bytes] of files) {
    await mkdir(join(folder, 'pictures', dirname(path)), { recursive: true });
    if (path.endsWith('/')) await mkdir(join(folder, 'pictures', path), { recursive: true });
    else await writeFile(join(folder, 'pictures', path), bytes);
  }
  await tsx('data', 'prepare', '--dataset', 'folder', '--from', join(folder, 'pictures'), '--out', out);

  const { labels } = await readDatasetInfo(out);
  expect(labels).toEqual([...'0123456789']);
  const saved = files.flatMap(([path, bytes]) =>
    path.endsWith('.png') ? [`${path[0]} ${frameOf(decode(bytes).data as Uint8Array)}`] : [],
  );
  expect(saved).toHaveLength(drawings.length);
  const prepared: string[] = [];
  for (const name of splitNames) {
    const split = await readSplit(out, name);
    for (let i = 0; i < split.count; i++) {
      const image = split.images.subarray(i * PIXELS, (i + 1) * PIXELS);
      prepared.push(`${labels[split.labels[i]!]} ${fingerprint(image)}`);
    }
  }
  expect(prepared.sort()).toEqual(saved.sort());
  expect(site.complaints).toEqual([]);
});

test('and a net learns from that dataset, beginning with the released weights', { timeout: 480_000 }, async () => {
  const settings = [
    '--dataset',
    name,
    '--run',
    name,
    '--epochs',
    '1',
    '--batch-size',
    '8',
    '--augment',
    'none',
    '--learning-rate',
    '0.001',
  ];
  await tsx('trainer', 'train', ...settings, '--from', resolve(root, 'models/digits'));
  const [line] = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  // It knew nearly all of them before.
  expect(JSON.parse(line!).validation.accuracy).toBeGreaterThan(0.5);
});
