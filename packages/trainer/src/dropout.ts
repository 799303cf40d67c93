import type { Random } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import { only } from './layer-input.ts';

/**
 * Dropout whose masks come from the run's own random numbers: tfjs's layer gives either masks that cannot be made
 * again or, with a seed, the same mask at every step. Saved as tfjs's `Dropout`, so that any tfjs loads the model.
 */
class SeededDropout extends tf.layers.Layer {
  static readonly className = 'Dropout';
  private readonly rate: number;
  private readonly random: Random;

  constructor(rate: number, random: Random) {
    super({});
    this.rate = rate;
    this.random = random;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const input = only(inputs);
    if (kwargs.training !== true) return input.clone();
    const keep = 1 - this.rate;
    const mask = new Float32Array(input.size);
    for (let i = 0; i < mask.length; i++) mask[i] = this.random.next() < keep ? 1 / keep : 0;
    return tf.tidy(() => input.mul(tf.tensor(mask, input.shape)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }
}

/** Drops each value with probability `rate` while training and scales the rest, as Keras does. */
export function dropout(rate: number, random: Random): tf.layers.Layer {
  return new SeededDropout(rate, random);
}

/** How many random numbers a model's dropout takes for each image of a training step. */
export function dropoutDraws(model: tf.LayersModel): number {
  return model.layers
    .filter((layer) => layer instanceof SeededDropout)
    .map((layer) => (layer.outputShape as tf.Shape).slice(1).reduce<number>((product, size) => product * size!, 1))
    .reduce((sum, draws) => sum + draws, 0);
}
