import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeCheckpoint } from '../checkpoint.ts';
import type { EpochReport } from '../epochs.ts';
import { quick } from '../run.fixture.ts';
import { epochReport } from './observed-run.fixture.ts';
import { observeRun } from './observed-run.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-observed-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function makeRun(name: string, reports: readonly EpochReport[], result?: object, config = quick) {
  const run = join(folder, name);
  await mkdir(run);
  await writeFile(join(run, 'config.json'), JSON.stringify(config));
  await writeFile(join(run, 'metrics.jsonl'), reports.map((line) => `${JSON.stringify(line)}\n`).join(''));
  if (result !== undefined) await writeFile(join(run, 'result.json'), JSON.stringify(result));
  return run;
}

const score = { images: 100, accuracy: 0.9, loss: 0.1 };
const result = {
  ...{ finished: true, epochs: 3, bestEpoch: 2, parameters: 7, validation: score, test: score, seconds: 60 },
  ...{ imagesPerSecond: 200, backend: 'none', machine: 'a machine', versions: {} },
  dataset: { name: 'synthetic', description: '', labels: [], sha256: {} },
};

test('a run that came to its end', async () => {
  const reports = [epochReport(1, 0.5), epochReport(2, 0.9), epochReport(3, 0.9, 0.2)];
  const run = await makeRun('ended', reports, result);
  const { config, ...seen } = await observeRun(run);
  expect(config).toEqual(quick);
  expect(seen).toEqual({
    ...{ name: run, reports, best: { epoch: 2, validation: reports[1]!.validation }, finished: true, parameters: 7 },
    ...{ seconds: 60, imagesPerSecond: 200, test: score, machine: 'a machine' },
  });
});

test('a run that is training, or was killed: what it came to before it went on counts no more', async () => {
  const reports = [epochReport(1, 0.5), epochReport(2, 0.6)];
  const run = await makeRun('going', reports, { ...result, epochs: 1 }, { ...quick, epochs: 5 });
  const weights = new Float32Array(5);
  const optimizer = { step: 1, slots: [] };
  await writeCheckpoint(join(run, 'checkpoints'), {
    state: { epoch: 2, random: [1], weights, optimizer, average: null },
    best: { epoch: 2, validation: score, weights },
    seconds: 9,
  });
  expect(await observeRun(run)).toMatchObject({ finished: false, parameters: 5, seconds: 9, test: undefined });
});

test('a loss that was not a number is not one afterwards, and is no best', async () => {
  const run = await makeRun('apart', [epochReport(1, 0.1), epochReport(2, 0.1, Number.NaN)]);
  const { reports, best } = await observeRun(run);
  expect(reports[1]!.validation.loss).toBeNaN();
  expect(best!.epoch).toBe(1);
});

test('a run whose patience is at its end has ended', async () => {
  const reports = [epochReport(1, 0.5), epochReport(2, 0.4)];
  const run = await makeRun('patient', reports, undefined, { ...quick, epochs: 5, patience: 1 });
  expect(await observeRun(run)).toMatchObject({ finished: true, test: undefined });
});

test('before its first epoch has ended, a run has a config alone', async () => {
  const run = await makeRun('new', []);
  expect(await observeRun(run)).toMatchObject({ best: undefined, seconds: undefined, imagesPerSecond: undefined });
});

test.each(['no-such-run', '', '../nowhere'])('"%s" is refused with what is allowed', async (name) => {
  await expect(observeRun(name)).rejects.toThrow(`RUN "${name}": there is no run of that name`);
  await expect(observeRun(name)).rejects.toThrow(/name of a run in \.artifacts\/runs or a run's folder/);
});
