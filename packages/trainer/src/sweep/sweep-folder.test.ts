import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plan } from './sweep.fixture.ts';
import { checkSame, readPlan, readResults, writePlan, writeResults } from './sweep-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-sweep-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what is written is read again, also a loss that is no number', async () => {
  expect(await readPlan(folder)).toBeNull();
  expect(await readResults(folder)).toEqual([]);
  await writePlan(folder, plan);
  expect(await readPlan(folder)).toEqual(plan);
  const validation = { images: 10, accuracy: 0.1, loss: Number.NaN };
  const results = [{ rung: 0, trial: 2, epochs: 1, bestEpoch: 1, validation, seconds: 3 }];
  await writeResults(folder, results);
  expect(await readResults(folder)).toEqual(results);
});

test('a sweep keeps what it was begun with; the option that differs is named', () => {
  const { configs: _, ...wanted } = plan;
  expect(() => checkSame(plan, wanted, 'lr')).not.toThrow();
  const refused = (changes: object) => () => checkSame(plan, { ...wanted, ...changes }, 'lr');
  expect(refused({ trials: 5 })).toThrow(/--trials 5: sweep lr was begun with 4.*another --name/);
  expect(refused({ eta: 3 })).toThrow(/--eta 3: sweep lr was begun with 2/);
  expect(refused({ seed: 2 })).toThrow(/--seed 2: sweep lr was begun with 1/);
  expect(refused({ space: { seed: 1 } })).toThrow(/--space: sweep lr was begun with another: \{\}/);
  expect(refused({ dataset: { 'train.bin': 'a' } })).toThrow(/--name lr: the dataset is not the one/);
});

test.each([
  ['sweep.json', readPlan, '{"space": {}}'],
  ['sweep.json', readPlan, '{'],
  ['results.jsonl', readResults, '{"rung": 0}\n'],
])('a damaged %s is refused by name, with the way out', async (name, read, content) => {
  await writeFile(join(folder, name), content);
  await expect(read(folder)).rejects.toThrow(
    new RegExp(`${name.replace('.', '\\.')} is damaged: .*another --name`, 's'),
  );
});
