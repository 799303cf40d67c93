import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from '../backend.ts';
import { quick, smallDataset } from '../run.fixture.ts';
import { settings, summarize, type Trial } from './few-shot.ts';
import { runTrials } from './trials.ts';

let folder: string;
let backend: Backend;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-trials-'));
  await smallDataset(join(folder, 'synthetic'), 300);
  backend = await startBackend();
});

afterAll(() => rm(folder, { recursive: true }));

function request(signal?: AbortSignal) {
  const base = { ...quick, from: 'models/digits', perClass: 5, epochs: 2, batchSize: 10 };
  const trials = { base, settings: settings([0.003], [4]), seeds: 2, dataset: join(folder, 'synthetic'), backend };
  return signal === undefined ? trials : { ...trials, signal };
}

test('a net that knows digits learns other digits from 5 images of each, where a fresh one does not', async () => {
  const trials: Trial[] = [];
  for await (const trial of runTrials(request())) trials.push(trial);
  expect(trials.map(({ setting, seed }) => `${setting.start} ${seed}`)).toEqual([
    'scratch 1',
    'scratch 2',
    'fine-tuned 1',
    'fine-tuned 2',
  ]);
  const [scratch, tuned] = summarize(trials);
  expect(tuned!.test.lowest).toBeGreaterThan(scratch!.test.highest + 0.2);
});

test('an interrupted trial is not counted', async () => {
  for await (const trial of runTrials(request(AbortSignal.abort()))) expect.unreachable(`trial ${trial.seed}`);
});
