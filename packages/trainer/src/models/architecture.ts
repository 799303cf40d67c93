import type { Random } from '@mnist-edge/data';
import type * as tf from '@tensorflow/tfjs';
import type { Recipe, TrainConfig } from '../config.ts';

export interface BuildOptions {
  /** Number of classes: the width of the logits. */
  readonly classes: number;
  /** A seed for one layer's initial weights; another at every call. */
  readonly nextSeed: () => number;
  /** Whether the net stretches them. */
  readonly greyLevels: TrainConfig['greyLevels'];
  /** Share of its inputs that the last layer loses at each training step; 0 for none. */
  readonly dropout: number;
  /** The run's random numbers, for dropout masks. */
  readonly random: Random;
}

/** A network that can be trained: images `[batch, 28, 28, 1]` in 0..1 → logits `[batch, classes]`. */
export interface Architecture {
  readonly name: string;
  /** One line for `--help` and the model card. */
  readonly description: string;
  /** How it is trained unless options say otherwise. */
  readonly recipe: Recipe;
  build(options: BuildOptions): tf.LayersModel;
}
