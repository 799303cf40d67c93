import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { artifacts, shown, workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { readCheckpoint } from '../checkpoint.ts';
import type { TrainConfig } from '../config.ts';
import type { EpochReport } from '../epochs.ts';
import { files, readConfig, readMetrics, readRun, runFolder } from '../run-folder.ts';
import { isBetter, type Score } from '../score.ts';
import { isOver } from '../train-run.ts';

/** A run as far as it has come: also one that is training, or that was killed. */
export interface ObservedRun {
  /** As it was asked for, or its folder. */
  readonly name: string;
  readonly config: TrainConfig;
  readonly reports: readonly EpochReport[];
  /** Undefined before the first epoch has ended. */
  readonly best: { readonly epoch: number; readonly validation: Score } | undefined;
  /** True when it came to its end, by its last epoch or by its patience. */
  readonly finished: boolean;
  readonly parameters: number | undefined;
  /** Of training and validation, as far as was taken down. */
  readonly seconds: number | undefined;
  /** Median over the epochs. */
  readonly imagesPerSecond: number | undefined;
  /** Undefined while the test images were not read. */
  readonly test: Score | undefined;
  /** The machine in words; undefined until the run was concluded. */
  readonly machine: string | undefined;
}

/**
 * Finds a run by its name in `.artifacts/runs`, else by its folder, relative to where the person is or to the checkout.
 * @throws {Problem} when there is none, listing those that there are, or when a file of it is damaged
 */
export async function observeRun(name: string): Promise<ObservedRun> {
  const folder = findFolder(name);
  if (folder === undefined) {
    throw new Problem(`RUN "${name}": there is no run of that name and no run folder there. ${await allowed()}`);
  }
  const config = await readConfig(folder);
  const reports = await readMetrics(folder);
  // What a stopped run came to holds no more once it went on.
  const run = existsSync(join(folder, files.result)) ? await readRun(folder) : undefined;
  const result = run?.result.epochs === reports.length ? run.result : undefined;
  const checkpoint = result === undefined ? await readCheckpoint(join(folder, files.checkpoints)) : null;
  const best = findBest(reports);
  const speeds = reports.map((report) => report.imagesPerSecond).sort((a, b) => a - b);
  return {
    name: folder === runFolder(name) ? name : shown(folder),
    config,
    reports,
    best,
    finished: best !== undefined && isOver(config, reports.length, best),
    parameters: result?.parameters ?? checkpoint?.best.weights.length,
    seconds: result?.seconds ?? checkpoint?.seconds,
    imagesPerSecond: speeds[speeds.length >> 1],
    test: result?.test,
    machine: result?.machine,
  };
}

function findFolder(name: string): string | undefined {
  if (name === '') return undefined;
  const byName = /^[a-z0-9][a-z0-9._-]*$/.test(name) ? [runFolder(name)] : [];
  // npm and Nx start commands elsewhere, and say here where the person was.
  const places = [process.env.INIT_CWD ?? process.cwd(), workspaceRoot];
  const folders = [...byName, ...places.map((place) => resolve(place, name))];
  return folders.find((folder) => existsSync(join(folder, files.config)));
}

async function allowed(): Promise<string> {
  const entries = await readdir(artifacts('runs')).catch(() => []);
  const runs = entries.filter((name) => existsSync(join(runFolder(name), files.config))).sort();
  const listed =
    runs.length > 0 ? `The runs are: ${runs.join(', ')}.` : 'There is no run yet: npx nx run trainer:train.';
  return `Give the name of a run in ${shown(artifacts('runs'))} or a run's folder. ${listed}`;
}

/** The epoch that the run keeps: of the highest validation accuracy, and of equals the lower loss; the earlier of such. */
function findBest(reports: readonly EpochReport[]): ObservedRun['best'] {
  let best: EpochReport | undefined;
  for (const report of reports) if (best === undefined || isBetter(report.validation, best.validation)) best = report;
  return best === undefined ? undefined : { epoch: best.epoch, validation: best.validation };
}
