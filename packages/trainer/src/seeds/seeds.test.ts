import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, parseBundle } from '@mnist-edge/recognizer';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startBackend } from '../backend.ts';
import type { TrainConfig } from '../config.ts';
import { quick, smallDataset } from '../run.fixture.ts';
import { trainRun } from '../train-run.ts';
import type { SeedJob } from './seed-process.ts';
import { seedRun } from './seed-run.ts';
import { readSeedRuns, type SeedRun, writeSeedRuns } from './seeds-file.ts';
import { trainSeeds } from './train-seeds.ts';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-seeds-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('the runs beside a bundle', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    const path = join(import.meta.dirname, '../../../../models/digits/bundle.json');
    bundle = parseBundle(JSON.parse(await readFile(path, 'utf8')));
  });
  const other = (seed: number): SeedRun => ({
    seed,
    validation: { images: 100, accuracy: 0.9, loss: 0.1 },
    test: { images: 100, accuracy: 0.8, loss: 0.2 },
    seconds: 60,
    machine: 'two cores',
    weights: 'a'.repeat(64),
  });

  test('are its own where nothing else was trained', async () => {
    const [own, ...others] = await readSeedRuns(await scratch(), bundle);
    expect(others).toEqual([]);
    expect(own).toMatchObject({ seed: bundle.training.seed, test: bundle.metrics.test });
  });

  test('are read as they were written, by seed, its own in the place of any other of its seed', async () => {
    const folder = await scratch();
    const own = bundle.training.seed;
    await writeSeedRuns(folder, bundle, [other(own + 6), other(own), other(own + 2)]);
    const runs = await readSeedRuns(folder, bundle);
    expect(runs.map(({ seed }) => seed)).toEqual([own, own + 2, own + 6]);
    expect(runs[0]).toMatchObject({ test: bundle.metrics.test });
    expect(runs[2]).toEqual(other(own + 6));
  });

  test('are forgotten when the recipe is another', async () => {
    const folder = await scratch();
    await writeSeedRuns(folder, bundle, [other(7)]);
    const { training } = bundle;
    const changed = { ...bundle, training: { ...training, config: { ...training.config, epochs: 999 } } };
    expect(await readSeedRuns(folder, changed)).toHaveLength(1);
  });

  test.each(['{', '{"recipe": {}, "runs": [{"seed": 1}]}'])('%s is refused, with what to do', async (text) => {
    const folder = await scratch();
    await writeFile(join(folder, 'seeds.json'), text);
    await expect(readSeedRuns(folder, bundle)).rejects.toThrow(/seeds\.json is damaged: .*npx nx run trainer:seeds/s);
  });
});

test('a seed is trained once, gone on with when it was stopped, and differs from other seeds', async () => {
  const dataset = await scratch();
  await smallDataset(dataset, 200);
  const backend = await startBackend();
  const folder = join(await scratch(), 'run');
  const request = { config: quick, backend, dataset, folder };
  const stop = new AbortController();
  expect(await seedRun({ ...request, signal: stop.signal, onEpoch: () => stop.abort() })).toBeNull();
  const run = await seedRun(request);
  expect(run).toMatchObject({ seed: 1, test: { images: 300 } });

  const before = await stat(join(folder, 'result.json'));
  expect(await seedRun(request)).toEqual(run);
  expect((await stat(join(folder, 'result.json'))).mtimeMs).toBe(before.mtimeMs);

  // As if it had not been stopped.
  const whole = await trainRun({ ...request, folder: join(await scratch(), 'whole') });
  expect(whole.validation).toEqual(run?.validation);

  const another = await seedRun({ ...request, config: { ...quick, seed: 2 } });
  expect(another?.weights).not.toBe(run?.weights);
});

/** Numbers of the processes that were started with a folder's name. */
function processesOf(folder: string): number[] {
  const { stdout } = spawnSync('pgrep', ['-f', folder], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

describe('seeds in processes of their own', () => {
  const request = { signal: new AbortController().signal, onEpoch: () => undefined, onRun: async () => undefined };
  const jobsIn = async (
    dataset: string,
    seeds: readonly number[],
    { epochs }: Pick<TrainConfig, 'epochs'> = quick,
  ): Promise<SeedJob[]> => {
    const runs = await scratch();
    return seeds.map((seed) => ({ config: { ...quick, epochs, seed }, dataset, folder: join(runs, String(seed)) }));
  };
  let dataset: string;
  beforeAll(async () => {
    dataset = await mkdtemp(join(tmpdir(), 'mnist-edge-seeds-'));
    await smallDataset(dataset, 200);
    return () => rm(dataset, { recursive: true });
  });

  test('two at once come to what each comes to alone', async () => {
    const runs: SeedRun[] = [];
    const epochs: string[] = [];
    const finished = await trainSeeds({
      ...request,
      jobs: await jobsIn(dataset, [1, 2, 3]),
      atOnce: 2,
      onEpoch: (seed, { epoch }) => epochs.push(`${seed}: ${epoch}`),
      onRun: async (run) => void runs.push(run),
    });
    expect(finished).toBe(true);
    expect(epochs.sort()).toEqual(['1: 1', '1: 2', '2: 1', '2: 2', '3: 1', '3: 2']);
    const backend = await startBackend();
    for (const { config, folder } of await jobsIn(dataset, [1, 2, 3])) {
      const alone = await seedRun({ config, backend, dataset, folder });
      const { weights, validation, test } = runs.find(({ seed }) => seed === config.seed)!;
      expect({ weights, validation, test }).toEqual({
        weights: alone!.weights,
        validation: alone!.validation,
        test: alone!.test,
      });
    }
  }, 120_000);

  test('they stop when they are told to, and are gone on with', async () => {
    const jobs = await jobsIn(dataset, [1, 2], { epochs: 20 });
    const stop = new AbortController();
    const runs: SeedRun[] = [];
    const onRun = async (run: SeedRun) => void runs.push(run);
    const stopping = { ...request, jobs, atOnce: 1, signal: stop.signal, onEpoch: () => stop.abort(), onRun };
    expect(await trainSeeds(stopping)).toBe(false);
    expect(runs).toEqual([]);
    expect(await trainSeeds({ ...request, jobs, atOnce: 2, onRun })).toBe(true);
    expect(runs.map(({ seed }) => seed).sort()).toEqual([1, 2]);
  }, 120_000);

  test('where one fails its message is told with its seed, and no other is left running', async () => {
    const [good, bad] = await jobsIn(dataset, [1, 2]);
    const jobs = [{ ...bad!, dataset: join(dataset, 'nothing') }, good!];
    await expect(trainSeeds({ ...request, jobs, atOnce: 2 })).rejects.toThrow(/^Seed 2: .*nothing/s);
    for (const { folder } of jobs) expect(processesOf(folder)).toEqual([]);
  }, 120_000);

  test('a process that is killed is told of, with what to do', async () => {
    const [job] = await jobsIn(dataset, [1]);
    const kill = () => {
      for (const pid of processesOf(job!.folder)) process.kill(pid, 'SIGKILL');
    };
    await expect(trainSeeds({ ...request, jobs: [job!], atOnce: 1, onEpoch: kill })).rejects.toThrow(
      /^Seed 1: its process ended with SIGKILL\..* The same command goes on with it\.$/s,
    );
  }, 120_000);
});
