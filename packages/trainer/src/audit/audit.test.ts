import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PIXELS } from '@mnist-edge/recognizer';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { startBackend } from '../backend.ts';
import { quick, smallDataset } from '../run.fixture.ts';
import { auditDataset } from './audit.ts';
import { summaryOf } from './audit-command.ts';
import { auditPage } from './audit-page.ts';

const TRAIN = 900;

beforeAll(async () => {
  await startBackend();
});

/** Drawn digits, with things wrong in the training split. */
async function spoiled(): Promise<{ folder: string; wrong: number[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-audit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dataset = join(folder, 'synthetic');
  await smallDataset(dataset, TRAIN);
  const bytes = await readFile(join(dataset, 'train.bin'));
  const wrong = [10, 200, 500];
  for (const index of wrong) bytes[TRAIN * PIXELS + index] = (bytes[TRAIN * PIXELS + index]! + 5) % 10;
  bytes.fill(0, 700 * PIXELS, 701 * PIXELS);
  bytes.copy(bytes, 800 * PIXELS, 300 * PIXELS, 301 * PIXELS);
  await writeFile(join(dataset, 'train.bin'), bytes);
  const info = JSON.parse(await readFile(join(dataset, 'dataset.json'), 'utf8'));
  info.files['train.bin'] = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(dataset, 'dataset.json'), JSON.stringify(info));
  return { folder: dataset, wrong };
}

test('wrong labels, a copy and a blank image that were put into a dataset are found, and shown', async () => {
  const { folder, wrong } = await spoiled();
  const audited = (await auditDataset({ folder, config: { ...quick, epochs: 6, augment: 'none' }, folds: 3 }))!;
  const { audit } = audited;
  expect(audit.broken).toEqual([{ split: 'train', index: 700, fault: 'blank' }]);
  expect(audit.copies).toEqual([
    [
      { split: 'train', index: 300 },
      { split: 'train', index: 800 },
    ],
  ]);
  const suspects = audit.labels.filter(({ split }) => split === 'train').map(({ index }) => index);
  expect(suspects).toEqual(expect.arrayContaining(wrong));
  expect(suspects.length).toBeLessThan(TRAIN / 10);
  expect(Object.values(audit.counts.test).reduce((sum, count) => sum + count)).toBe(300);
  const html = await auditPage(audited);
  for (const index of wrong) expect(html).toContain(`alt="train ${index}"`);
  expect(html).not.toMatch(/src="(?!data:)|href="(?!data:)|url\(/);
  expect(html.length).toBeLessThan(1_000_000);
  expect(summaryOf(audit)[0]).toMatch(
    /^\d+ labels look wrong \(\d+ confidently\), \d+ of them in the test split; 1 groups/,
  );
});

test('an audit that is interrupted finds nothing', async () => {
  const { folder } = await spoiled();
  const signal = AbortSignal.abort();
  expect(await auditDataset({ folder, config: quick, folds: 2, signal })).toBeNull();
});
