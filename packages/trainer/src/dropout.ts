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
  /** For the next call alone. */
  private given: tf.Tensor | undefined;

  constructor(rate: number, random: Random) {
    super({});
    this.rate = rate;
    this.random = random;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const input = only(inputs);
    if (kwargs.training !== true) return input.clone();
    const { given } = this;
    this.given = undefined;
    return tf.tidy(() => input.mul(given ?? this.draw(input.shape)));
  }

  /** A mask: what to multiply each value by. */
  draw(shape: number[]): tf.Tensor {
    const keep = 1 - this.rate;
    const mask = new Float32Array(tf.util.sizeFromShape(shape));
    for (let i = 0; i < mask.length; i++) mask[i] = this.random.next() < keep ? 1 / keep : 0;
    return tf.tensor(mask, shape);
  }

  /** Makes the next call take a mask that was drawn before. */
  give(mask: tf.Tensor): void {
    this.given = mask;
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
  return dropouts(model).reduce((sum, layer) => sum + tf.util.sizeFromShape(shapeFor(layer, 1)), 0);
}

/** The masks of a model's dropout for a training step, in the order of its layers. */
export function drawMasks(model: tf.LayersModel, images: number): tf.Tensor[] {
  return dropouts(model).map((layer) => layer.draw(shapeFor(layer, images)));
}

/** Makes a model's next training pass drop by masks of `drawMasks`. */
export function giveMasks(model: tf.LayersModel, masks: readonly tf.Tensor[]): void {
  dropouts(model).forEach((layer, i) => {
    layer.give(masks[i]!);
  });
}

function dropouts(model: tf.LayersModel): SeededDropout[] {
  return model.layers.filter((layer) => layer instanceof SeededDropout);
}

function shapeFor(layer: SeededDropout, images: number): number[] {
  return [images, ...(layer.outputShape as number[]).slice(1)];
}
