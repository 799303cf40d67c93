import { augmentation } from '@mnist-edge/data';
import { Problem } from '@mnist-edge/recognizer';
import * as v from 'valibot';

export const schedules = ['constant', 'cosine', 'one-cycle'] as const;
export const optimizers = ['adam', 'adamw', 'sgd'] as const;
/** Grey levels as they come, or each image's own stretched over the whole range. */
export const greyLevels = ['as-is', 'stretched'] as const;
/** Which epoch's weights a run keeps: the best one's on the validation images, or the last one's, whatever it is. */
export const keeps = ['best', 'last'] as const;
export const losses = ['cross-entropy', 'mean-squared-error'] as const;

const recipeEntries = {
  /** Passes over the training split. */
  epochs: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Images a step. */
  batchSize: v.pipe(v.number(), v.integer(), v.minValue(1)),
  optimizer: v.picklist(optimizers),
  /** The optimizer's step size; the peak of it with a schedule that changes it. */
  learningRate: v.pipe(v.number(), v.gtValue(0)),
  /** What each step takes off the kernels, of AdamW and SGD. Without it: 0.01 for AdamW, nothing for SGD. */
  weightDecay: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  /**
   * How far up the loss each gradient is taken (ρ of SAM: Foret et al., arXiv:2010.01412), so that the weights end where all
   * around them is low; a step takes twice as long. 0, as in runs from before there was a choice: where the weights are.
   */
  sharpness: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
  schedule: v.picklist(schedules),
  loss: v.picklist(losses),
  /** Share of the certainty that label smoothing gives to all classes alike. */
  labelSmoothing: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  /** What the net makes of an image's grey levels before anything else; runs from before there was a choice: as they are. */
  greyLevels: v.optional(v.picklist(greyLevels), 'as-is'),
  /** Share of its inputs that the last layer loses at each training step; 0 for none. */
  dropout: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  /** Decay of the moving average of the weights that is validated and kept; 0 keeps the weights as they are. */
  ema: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  /** The longest that a step's gradient may be; 0 for no limit. */
  clipNorm: v.pipe(v.number(), v.minValue(0)),
  /** Epochs without a better one after which the run ends; 0 for none. */
  patience: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** The epoch whose weights are kept; runs from before there was a choice: the best one. */
  keep: v.optional(v.picklist(keeps), 'best'),
  /** Significant bits of the kept kernels: 24 are all of a float32, 11 those of a float16. */
  weightBits: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(24)),
  /** Images of no class (scribbles, letters, shapes) to train on, as a share of the training split; 0 for none. */
  outliers: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** What is done to training images on their way to the net, as `augmentation` of packages/data reads it. */
  augment: v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? problemOf(() => augmentation(dataset.value)) : null;
      if (problem !== null) addIssue({ message: problem });
    }),
  ),
};

const startEntries = {
  /** Trained weights that the run starts from: a run's name, or a bundle's or a run's folder. Without it: fresh ones. */
  from: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  /** SHA-256 of those weights, filled in when the run starts. */
  fromSha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits'))),
  /** Trained nets whose answers the run learns instead of the labels, as `from` names them, with commas between. */
  teacher: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  /** SHA-256 of their weights, with commas between, filled in when the run starts. */
  teacherSha256: v.exactOptional(
    v.pipe(v.string(), v.regex(/^[0-9a-f]{64}(,[0-9a-f]{64})*$/, 'must be 64 lower-case hex digits for each teacher')),
  ),
  /** The first layers with weights that stay as they were trained; needs `from`. */
  freeze: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** Images of each class that are trained on. Without it: all that there are. */
  perClass: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
};

const configSchema = v.strictObject({
  model: v.string(),
  dataset: v.string(),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0)),
  ...recipeEntries,
  ...startEntries,
});

/** What each setting may be. */
export const settings = configSchema.entries;

/** All that decides what a run computes: the same config on the same machine makes the same weights. */
export type TrainConfig = v.InferOutput<typeof configSchema>;

/** What a run fills in by itself: no options. */
export const filledIn: readonly string[] = ['fromSha256', 'teacherSha256'] satisfies (keyof TrainConfig)[];

/** A config without what a run fills in: what one is asked for, and the same again for the same run. */
export function askedFor({ fromSha256: _, teacherSha256: __, ...config }: TrainConfig): TrainConfig {
  return config;
}

/** The part of a config that each architecture has defaults for. */
export type Recipe = Omit<TrainConfig, 'model' | 'dataset' | 'seed' | keyof typeof startEntries>;

/** What a plain Keras script does; recipes change what they have a reason to change. */
export const plain = {
  batchSize: 128,
  optimizer: 'adam',
  schedule: 'constant',
  loss: 'cross-entropy',
  greyLevels: 'as-is',
  labelSmoothing: 0,
  dropout: 0,
  ema: 0,
  clipNorm: 0,
  sharpness: 0,
  patience: 0,
  keep: 'best',
  weightBits: 24,
  outliers: 0,
  augment: 'none',
} as const satisfies Partial<Recipe>;

/** @throws {Problem} naming the field at fault and the file */
export function parseConfig(json: unknown, from: string): TrainConfig {
  const result = v.safeParse(configSchema, json);
  if (result.success) return checkDecay(checkKept(checkFrozen(result.output, from), from), from);
  const issue = result.issues[0];
  throw new Problem(
    `${from}: ${v.getDotPath(issue) ?? 'config'}: ${issue.message}. Train the run again: npx nx run trainer:train`,
  );
}

/** The message of the Problem that something throws, or null when it throws none. */
function problemOf(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message.replace(/\.$/, '');
    throw error;
  }
}

/** Fresh weights that never learn would be noise before the net. */
function checkFrozen(config: TrainConfig, from: string): TrainConfig {
  if (config.from !== undefined || (config.freeze ?? 0) === 0) return config;
  throw new Problem(
    `${from}: freeze: ${config.freeze} layers cannot be frozen, for there are no trained weights to keep. ` +
      'Name them with --from, or leave out --freeze.',
  );
}

/** Which epoch is the best is nothing to a run that keeps its last one. */
function checkKept(config: TrainConfig, from: string): TrainConfig {
  if (config.keep === 'best' || config.patience === 0) return config;
  throw new Problem(
    `${from}: patience: ${config.patience} waits for a better epoch, and keep: last keeps the last one, better or not. ` +
      'Leave out --patience or --keep.',
  );
}

/** What Adam divides by has the size of the gradient, and a decay within it would be another for every weight. */
function checkDecay(config: TrainConfig, from: string): TrainConfig {
  if (config.optimizer !== 'adam' || (config.weightDecay ?? 0) === 0) return config;
  throw new Problem(
    `${from}: weightDecay: ${config.weightDecay} is of AdamW and SGD, and the optimizer is adam. ` +
      'Choose --optimizer adamw or sgd, or leave out --weight-decay.',
  );
}
