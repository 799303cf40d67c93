import { Problem } from '@mnist-edge/recognizer';
import * as v from 'valibot';

export const schedules = ['constant', 'cosine', 'one-cycle'] as const;
export const optimizers = ['adam', 'adamw', 'sgd'] as const;
export const losses = ['cross-entropy', 'mean-squared-error'] as const;
export const augmentations = ['none', 'gentle'] as const;

const recipeEntries = {
  /** Passes over the training split. */
  epochs: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Images a step. */
  batchSize: v.pipe(v.number(), v.integer(), v.minValue(1)),
  optimizer: v.picklist(optimizers),
  /** The optimizer's step size; the peak of it with a schedule that changes it. */
  learningRate: v.pipe(v.number(), v.gtValue(0)),
  schedule: v.picklist(schedules),
  loss: v.picklist(losses),
  /** Share of the certainty that label smoothing gives to all classes alike. */
  labelSmoothing: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  /** Share of its inputs that the last layer loses at each training step; 0 for none. */
  dropout: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  /** Decay of the moving average of the weights that is validated and kept; 0 keeps the weights as they are. */
  ema: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  /** The longest that a step's gradient may be; 0 for no limit. */
  clipNorm: v.pipe(v.number(), v.minValue(0)),
  /** Epochs without a better one after which the run ends; 0 for none. */
  patience: v.pipe(v.number(), v.integer(), v.minValue(0)),
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

/** What a plain Keras script does; recipes change what they have a reason to change. */
export const plain = {
  batchSize: 128,
  optimizer: 'adam',
  schedule: 'constant',
  loss: 'cross-entropy',
  labelSmoothing: 0,
  dropout: 0,
  ema: 0,
  clipNorm: 0,
  patience: 0,
  augment: 'none',
} as const satisfies Partial<Recipe>;

/** @throws {Problem} naming the field at fault and the file */
export function parseConfig(json: unknown, from: string): TrainConfig {
  const result = v.safeParse(configSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Problem(
    `${from}: ${v.getDotPath(issue) ?? 'config'}: ${issue.message}. Train the run again: npx nx run trainer:train`,
  );
}
