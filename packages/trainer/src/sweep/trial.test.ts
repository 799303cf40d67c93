import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Backend, startBackend } from '../backend.ts';
import { readCheckpoint } from '../checkpoint.ts';
import { schedules, type TrainConfig } from '../config.ts';
import type { EpochReport } from '../epochs.ts';
import { quick, smallDataset } from '../run.fixture.ts';
import { readConfig } from '../run-folder.ts';
import { trainTrial } from './trial.ts';

let folder: string;
let dataset: string;
let backend: Backend;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-trial-'));
  dataset = join(folder, 'synthetic');
  await smallDataset(dataset, 200);
  // A trial never reads the test images: without them, it would fail if it did.
  await rm(join(dataset, 'test.bin'));
  backend = await startBackend();
});
afterAll(() => rm(folder, { recursive: true }));

/** Trains to that many epochs in the folder, and tells which epochs that took. */
async function train(name: string, config: TrainConfig, signal?: AbortSignal): Promise<number[]> {
  const onEpoch = vi.fn<(report: EpochReport) => void>();
  const request = { config, backend, dataset, folder: join(folder, name), onEpoch };
  await trainTrial(signal === undefined ? request : { ...request, signal });
  return onEpoch.mock.calls.map(([{ epoch }]) => epoch);
}

async function state(name: string) {
  const checkpoint = await readCheckpoint(join(folder, name, 'checkpoints'));
  return { state: checkpoint!.state, best: checkpoint!.best };
}

test.each(schedules)(
  'with the schedule %s, a rung ends as a run that was of its epochs from the start',
  async (schedule) => {
    const config = { ...quick, augment: 'none', schedule, optimizer: 'adamw' as const, dropout: 0.2, ema: 0.9 };
    expect(await train(`${schedule}-rungs`, { ...config, epochs: 1 })).toEqual([1]);
    const trained = await train(`${schedule}-rungs`, { ...config, epochs: 3 });
    // A constant rate is the same whatever the number of epochs; other schedules would be other runs.
    expect(trained).toEqual(schedule === 'constant' ? [2, 3] : [1, 2, 3]);
    await train(`${schedule}-straight`, { ...config, epochs: 3 });
    expect(await state(`${schedule}-rungs`)).toEqual(await state(`${schedule}-straight`));
    expect(await readConfig(join(folder, `${schedule}-rungs`))).toEqual({ ...config, epochs: 3 });
    expect((await readdir(folder)).filter((name) => name.endsWith('.previous'))).toEqual([]);
  },
);

test('a rung that was stopped goes on from its own checkpoint; another config begins anew', async () => {
  const config = { ...quick, augment: 'none', epochs: 3 };
  const stop = new AbortController();
  const request = { config, backend, dataset, folder: join(folder, 'stopped'), signal: stop.signal };
  expect(await trainTrial({ ...request, onEpoch: () => stop.abort() })).toMatchObject({ finished: false });
  expect(await train('stopped', config)).toEqual([2, 3]);
  expect(await train('stopped', config)).toEqual([]);
  expect(await train('stopped', { ...config, learningRate: 0.02, epochs: 1 })).toEqual([1]);
});
