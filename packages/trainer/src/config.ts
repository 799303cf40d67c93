import { Problem } from '@mnist-edge/recognizer';
import * as v from 'valibot';

export const schedules = ['constant', 'one-cycle'] as const;
export const augmentations = ['none', 'gentle'] as const;

const recipeEntries = {
  /** Passes over the training split. */
  epochs: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Images a step. */
  batchSize: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Adam's step size; the peak of it with a schedule that changes it. */
  learningRate: v.pipe(v.number(), v.gtValue(0)),
  schedule: v.picklist(schedules),
  /** What is done to training images on their way to the net: nothing, or the gentle affine ranges of packages/data. */
  augment: v.picklist(augmentations),
};

const configSchema = v.strictObject({
  model: v.string(),
  dataset: v.string(),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0)),
  ...recipeEntries,
});

/** All that decides what a run computes: the same config on the same machine makes the same weights. */
export type TrainConfig = v.InferOutput<typeof configSchema>;

/** The part of a config that each architecture has defaults for. */
export type Recipe = Omit<TrainConfig, 'model' | 'dataset' | 'seed'>;

/** @throws {Problem} naming the field at fault and the file */
export function parseConfig(json: unknown, from: string): TrainConfig {
  const result = v.safeParse(configSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Problem(
    `${from}: ${v.getDotPath(issue) ?? 'config'}: ${issue.message}. Train the run again: npx nx run trainer:train`,
  );
}
