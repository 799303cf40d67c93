import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '@mnist-edge/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from '../backend.ts';
import { readCheckpoint } from '../checkpoint.ts';
import { chooseConfig } from '../choose-config.ts';
import { smallDataset } from '../run.fixture.ts';
import { plan } from './sweep.fixture.ts';
import { runSweep } from './sweep.ts';
import { readResults, trialFolder } from './sweep-folder.ts';

let folder: string;
let dataset: string;
let backend: Backend;
let unbroken: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-sweep-'));
  dataset = join(folder, 'synthetic');
  await smallDataset(dataset, 200);
  // A sweep never reads the test images: without them, it would fail if it did.
  await rm(join(dataset, 'test.bin'));
  backend = await startBackend();
  unbroken = join(folder, 'unbroken');
  await runSweep({ plan, folder: unbroken, dataset, backend });
});
afterAll(() => rm(folder, { recursive: true }));

/** Everything but how long it took. */
async function fingerprint(sweep: string) {
  const results = (await readResults(sweep)).map(({ seconds: _, ...result }) => result);
  const checkpoints = [];
  for (const trial of plan.configs.keys()) {
    const { state, best } = (await readCheckpoint(join(trialFolder(sweep, trial), 'checkpoints')))!;
    checkpoints.push({ state, best });
  }
  return { results, checkpoints };
}

test('each rung trains the best of the one before', async () => {
  const results = await readResults(unbroken);
  expect(results.map(({ rung, epochs }) => `${rung}: ${epochs}`)).toEqual([
    ...['0: 1', '0: 1', '0: 1', '0: 1'],
    ...['1: 2', '1: 2'],
    '2: 4',
  ]);
  for (const rung of [0, 1]) {
    const own = results.filter((result) => result.rung === rung);
    const next = results.filter((result) => result.rung === rung + 1).map(({ trial }) => trial);
    const [kept, dropped] = [true, false].map((isKept) => own.filter(({ trial }) => next.includes(trial) === isKept));
    const lowest = Math.min(...kept!.map(({ validation }) => validation.accuracy));
    for (const { validation } of dropped!) expect(validation.accuracy).toBeLessThanOrEqual(lowest);
  }
});

test('a sweep that is over trains nothing more; its best config is one that train takes', async () => {
  const before = await fingerprint(unbroken);
  let trained = 0;
  const onTrial = () => {
    trained++;
  };
  const { standings, best } = await runSweep({ plan, folder: unbroken, dataset, backend, onTrial });
  expect(trained).toBe(0);
  expect(await fingerprint(unbroken)).toEqual(before);
  expect(best!.trial).toBe(before.results.at(-1)!.trial);
  expect(await chooseConfig({}, { file: best!.file })).toEqual(plan.configs[best!.trial]);
  const accuracies = standings.map(({ validation }) => validation.accuracy);
  expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a));
  expect(standings.map(({ trial }) => trial).sort()).toEqual([0, 1, 2, 3]);
});

test('an interrupted sweep has no best yet, and ends as the unbroken one', async () => {
  const stopped = join(folder, 'stopped');
  const stop = new AbortController();
  const request = { plan, folder: stopped, dataset, backend };
  let trained = 0;
  const onTrial = () => {
    trained++;
    if (trained === 5) stop.abort();
  };
  const { standings, best } = await runSweep({ ...request, onTrial, signal: stop.signal });
  expect(best).toBeUndefined();
  expect(standings).toHaveLength(4);
  expect((await runSweep(request)).best!.trial).toBe((await readResults(unbroken)).at(-1)!.trial);
  expect(await fingerprint(stopped)).toEqual(await fingerprint(unbroken));
});

test('killed with SIGKILL at 6 moments, a sweep goes on and ends as the unbroken one', async () => {
  const killed = join(folder, 'killed');
  const random = createRandom(7);
  const script = join(import.meta.dirname, 'sweep-child.fixture.ts');
  const request = JSON.stringify({ folder: killed, dataset });
  for (let kills = 0; kills < 6; ) {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    const child = spawn(process.execPath, ['--import', 'tsx', script, request], { stdio });
    const ended = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), ended]);
    await wait(50 + random.whole(600));
    if (child.exitCode !== null) {
      // It came to its end before: break one anew.
      expect(child.exitCode).toBe(0);
      await rm(killed, { recursive: true });
      continue;
    }
    child.kill('SIGKILL');
    await ended;
    kills++;
  }
  await runSweep({ plan, folder: killed, dataset, backend });
  expect(await fingerprint(killed)).toEqual(await fingerprint(unbroken));
}, 300_000);
