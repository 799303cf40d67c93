import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, parseBundle } from '@mnist-edge/recognizer';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startBackend } from '../backend.ts';
import { quick, smallDataset } from '../run.fixture.ts';
import { trainRun } from '../train-run.ts';
import { seedRun } from './seed-run.ts';
import { readSeedRuns, type SeedRun, writeSeedRuns } from './seeds-file.ts';

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
