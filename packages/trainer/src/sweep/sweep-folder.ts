import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { artifacts, shown, writeWhole } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import * as v from 'valibot';
import { parseConfig, type TrainConfig } from '../config.ts';
import type { Standing } from './halving.ts';

/** What a sweep was asked for. */
export interface Wanted {
  /** The JSON of the space. */
  readonly space: unknown;
  readonly trials: number;
  readonly eta: number;
  readonly seed: number;
  /** Hashes of the dataset's files. */
  readonly dataset: Readonly<Record<string, string>>;
}

/** A sweep's plan, made once: `sweep.json`. */
export interface Plan extends Wanted {
  /** What each trial would be trained with in the last rung; fewer than `trials` where the space has no more points. */
  readonly configs: readonly TrainConfig[];
}

/** What a trial came to in a rung: a line of `results.jsonl`. */
export interface Result extends Standing {
  /** 0-based. */
  readonly rung: number;
  /** That the rung trains for. */
  readonly epochs: number;
  /** The epoch that the validation score is of. */
  readonly bestEpoch: number;
  /** Of training and validation. */
  readonly seconds: number;
}

const planSchema = v.strictObject({
  space: v.unknown(),
  trials: v.number(),
  eta: v.number(),
  seed: v.number(),
  dataset: v.record(v.string(), v.string()),
  configs: v.pipe(v.array(v.unknown()), v.minLength(1)),
});

const number = v.number();
const resultSchema = v.object({
  ...{ rung: number, trial: number, epochs: number, bestEpoch: number, seconds: number },
  // JSON writes NaN and Infinity, the losses of a run that came apart, as null.
  validation: v.object({ images: number, accuracy: number, loss: v.nullable(number) }),
});

/** A sweep's folder: `.artifacts/sweeps/<name>`. */
export function sweepFolder(name: string): string {
  return artifacts('sweeps', name);
}

/** A trial's run folder. @param trial 0-based */
export function trialFolder(folder: string, trial: number): string {
  return join(folder, 'runs', trialName(trial));
}

/** A trial's name: its number from 1, with leading zeros. */
export function trialName(trial: number): string {
  return String(trial + 1).padStart(3, '0');
}

const PLAN = 'sweep.json';
const RESULTS = 'results.jsonl';
export const BEST = 'best.json';

/**
 * The plan of the sweep in a folder, or null where none was begun.
 * @throws {Problem} when it is damaged
 */
export async function readPlan(folder: string): Promise<Plan | null> {
  const path = join(folder, PLAN);
  const text = await readText(path);
  if (text === null) return null;
  return guard(path, () => {
    const plan = v.parse(planSchema, JSON.parse(text));
    return { ...plan, configs: plan.configs.map((config) => parseConfig(config, shown(path))) };
  });
}

/**
 * A sweep keeps what it was begun with.
 * @throws {Problem} naming the option that differs
 */
export function checkSame(plan: Plan, wanted: Wanted, name: string): void {
  const way = 'A sweep keeps what it was begun with: leave it so, or give another --name.';
  for (const option of ['trials', 'eta', 'seed'] as const) {
    if (plan[option] !== wanted[option]) {
      throw new Problem(`--${option} ${wanted[option]}: sweep ${name} was begun with ${plan[option]}. ${way}`);
    }
  }
  if (!isDeepStrictEqual(plan.space, wanted.space)) {
    throw new Problem(`--space: sweep ${name} was begun with another: ${JSON.stringify(plan.space)}. ${way}`);
  }
  if (!isDeepStrictEqual(plan.dataset, wanted.dataset)) {
    throw new Problem(
      `--name ${name}: the dataset is not the one that this sweep was begun with, and accuracies on two datasets cannot ` +
        'be compared. Prepare the old one again, or give another --name.',
    );
  }
}

export async function writePlan(folder: string, plan: Plan): Promise<void> {
  await writeWhole(join(folder, PLAN), `${JSON.stringify(plan, null, 2)}\n`);
}

/** @throws {Problem} when they are damaged */
export async function readResults(folder: string): Promise<Result[]> {
  const path = join(folder, RESULTS);
  const text = (await readText(path)) ?? '';
  const lines = text.split('\n').filter((line) => line !== '');
  return guard(path, () => lines.map((line) => nan(v.parse(resultSchema, JSON.parse(line)))));
}

function nan({ validation, ...result }: v.InferOutput<typeof resultSchema>): Result {
  return { ...result, validation: { ...validation, loss: validation.loss ?? Number.NaN } };
}

export async function writeResults(folder: string, results: readonly Result[]): Promise<void> {
  await writeWhole(join(folder, RESULTS), results.map((result) => `${JSON.stringify(result)}\n`).join(''));
}

/** Writes the config of the best trial, as `trainer train --config` takes it. */
export async function writeBest(folder: string, config: TrainConfig): Promise<string> {
  const path = join(folder, BEST);
  await writeWhole(path, `${JSON.stringify(config, null, 2)}\n`);
  return path;
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

function guard<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Problem(
      `${shown(path)} is damaged: ${error instanceof Error ? error.message : error}. Remove the sweep's folder to begin it ` +
        'anew, or give another --name.',
      { cause: error },
    );
  }
}
