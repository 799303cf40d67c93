import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '@mnist-edge/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from './backend.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { TrainConfig } from './config.ts';
import { quick, smallDataset } from './run.fixture.ts';
import { readMetrics, readRun } from './run-folder.ts';
import { trainRun } from './train-run.ts';

/** Everything that a state could forget is switched on: dropout, warps, momentum, the moving average, a schedule. */
const config: TrainConfig = {
  ...quick,
  epochs: 5,
  optimizer: 'adamw',
  dropout: 0.2,
  ema: 0.99,
  labelSmoothing: 0.1,
  clipNorm: 1,
  augment: 'gentle',
};

let folder: string;
let dataset: string;
let backend: Backend;
let unbroken: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-resume-'));
  dataset = join(folder, 'synthetic');
  await smallDataset(dataset, 600);
  backend = await startBackend();
  await trainRun({ config, backend, dataset, folder: join(folder, 'unbroken') });
  unbroken = await fingerprint(join(folder, 'unbroken'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What must be the same: the model, the state that training would go on from, and the scores. */
async function fingerprint(run: string): Promise<string> {
  const weights = (await readFile(join(run, 'model', 'weights.bin'))).toString('base64');
  const { state } = (await readCheckpoint(join(run, 'checkpoints')))!;
  const scores = (await readMetrics(run)).map(({ epoch, train, validation }) => ({ epoch, train, validation }));
  const { test, bestEpoch } = (await readRun(run)).result;
  return JSON.stringify({ weights, random: state.random, step: state.optimizer.step, scores, test, bestEpoch });
}

test.each([1, 2, 4])('a run that is stopped after epoch %i and resumed ends as the unbroken one', async (epoch) => {
  const run = join(folder, `stopped-${epoch}`);
  const stop = new AbortController();
  let done = 0;
  const onEpoch = () => {
    done++;
    if (done === epoch) stop.abort();
  };
  const stopped = await trainRun({ config, backend, dataset, folder: run, signal: stop.signal, onEpoch });
  expect(stopped).toMatchObject({ finished: false, epochs: epoch });
  expect(await trainRun({ config, backend, dataset, folder: run, resume: true })).toMatchObject({
    finished: true,
    epochs: 5,
  });
  expect(await fingerprint(run)).toBe(unbroken);
});

test('a run that is over, resumed, stays what it is', async () => {
  const run = join(folder, 'unbroken');
  await trainRun({ config, backend, dataset, folder: run, resume: true });
  expect(await fingerprint(run)).toBe(unbroken);
});

test('killed with SIGKILL at 20 moments, a run resumes and ends as the unbroken one', async () => {
  const run = join(folder, 'killed');
  const random = createRandom(3);
  let kills = 0;
  let resume = false;
  while (kills < 20) {
    const child = startChild(run, resume);
    await Promise.race([firstWords(child), once(child, 'exit')]);
    // The run exists from the moment that its config is there.
    await existence(join(run, 'config.json'), child);
    resume = true;
    await wait(random.whole(900));
    if (child.exitCode !== null) {
      // It came to its end: break one anew.
      await rm(run, { recursive: true });
      resume = false;
      continue;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    kills++;
  }
  await trainRun({ config, backend, dataset, folder: run, resume: true });
  expect(await fingerprint(run)).toBe(unbroken);
  expect((await readdir(join(run, 'checkpoints'))).sort()).toEqual(['epoch-00004', 'epoch-00005']);
}, 600_000);

function startChild(run: string, resume: boolean): ChildProcess {
  const script = join(import.meta.dirname, 'run-child.fixture.ts');
  const request = JSON.stringify({ config, dataset, folder: run, resume });
  return spawn(process.execPath, ['--import', 'tsx', script, request], { stdio: ['ignore', 'pipe', 'ignore'] });
}

async function firstWords(child: ChildProcess): Promise<void> {
  await once(child.stdout!, 'data');
}

async function existence(path: string, maker: ChildProcess): Promise<void> {
  while (!existsSync(path)) {
    if (maker.exitCode !== null) throw new Error(`the child ended with ${maker.exitCode} and never made ${path}`);
    await wait(10);
  }
}

test('a damaged checkpoint is refused by name, with the way out', async () => {
  const run = join(folder, 'damaged');
  await trainRun({ config: { ...config, epochs: 1 }, backend, dataset, folder: run });
  await writeFile(join(run, 'checkpoints', 'epoch-00001', 'state.bin'), 'short');
  const resumed = trainRun({ config: { ...config, epochs: 1 }, backend, dataset, folder: run, resume: true });
  await expect(resumed).rejects.toThrow(/epoch-00001 is damaged: .*5 bytes instead of \d+.*Remove that folder/s);
});
