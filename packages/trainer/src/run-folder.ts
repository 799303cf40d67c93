import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifacts } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import type * as tf from '@tensorflow/tfjs';
import * as v from 'valibot';
import { parseConfig, type TrainConfig } from './config.ts';
import type { EpochReport } from './epochs.ts';
import { openModelFiles } from './model-files.ts';
import { scoreSchema } from './score.ts';

const resultSchema = v.object({
  /** False when the run was stopped before its last epoch. */
  finished: v.boolean(),
  /** Epochs completed; the model is the one after `bestEpoch` of them, 0 when not even one was. */
  epochs: v.number(),
  bestEpoch: v.number(),
  parameters: v.number(),
  validation: scoreSchema,
  /** Read once, after training; nothing was decided by it. */
  test: scoreSchema,
  /** Of training and validation. */
  seconds: v.number(),
  /** Median over the epochs, training alone; 0 when not even one was completed. */
  imagesPerSecond: v.number(),
  backend: v.string(),
  machine: v.string(),
  dataset: v.object({
    name: v.string(),
    description: v.string(),
    labels: v.array(v.string()),
    sha256: v.record(v.string(), v.string()),
  }),
  versions: v.record(v.string(), v.string()),
});

/** What a run came to: `result.json`. */
export type RunResult = v.InferOutput<typeof resultSchema>;

/** A run's folder: `.artifacts/runs/<run>`. */
export function runFolder(run: string): string {
  return artifacts('runs', run);
}

export const files = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  result: 'result.json',
  /** For TensorBoard: `tensorboard --logdir .artifacts/runs`. */
  events: 'events',
  /** The trained model as tfjs files. */
  model: 'model',
  /** The newest states that the run can go on from. */
  checkpoints: 'checkpoints',
} as const;

export interface Run {
  readonly folder: string;
  readonly config: TrainConfig;
  readonly result: RunResult;
  /** Opens the trained model; the caller disposes of it. */
  openModel(): Promise<tf.LayersModel>;
}

/** @throws {Problem} when there is no run in the folder, or its config is damaged */
export async function readConfig(folder: string): Promise<TrainConfig> {
  return parseConfig(await readJson(folder, files.config), join(folder, files.config));
}

/** The reports of a run's epochs so far; none where none was completed. */
export async function readMetrics(folder: string): Promise<EpochReport[]> {
  const lines = await readFile(join(folder, files.metrics), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return (
    lines
      .split('\n')
      .filter((line) => line !== '')
      // JSON writes NaN and Infinity, the losses of a run that came apart, as null.
      .map((line) => JSON.parse(line, (_, value: unknown) => value ?? Number.NaN) as EpochReport)
  );
}

/**
 * Reads a run that has ended.
 * @throws {Problem} when there is no such run or a file of it is damaged, naming the command that makes it
 */
export async function readRun(folder: string): Promise<Run> {
  const config = await readConfig(folder);
  const result = v.safeParse(resultSchema, await readJson(folder, files.result));
  if (!result.success) {
    const issue = result.issues[0];
    throw new Problem(
      `${join(folder, files.result)}: ${v.getDotPath(issue) ?? 'result'}: ${issue.message}. Train the run again: npx nx run trainer:train`,
    );
  }
  return { folder, config, result: result.output, openModel: () => openModelFiles(join(folder, files.model)) };
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const path = join(folder, name);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const what = missing ? 'is not there: the run was never made, or did not end' : 'is damaged';
    throw new Problem(`${path} ${what}. Train it: npx nx run trainer:train`, { cause: error });
  }
}
