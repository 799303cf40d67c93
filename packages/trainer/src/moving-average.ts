import * as tf from '@tensorflow/tfjs';
import { flatten, readOut } from './weights.ts';

/**
 * An exponential moving average of all of a model's weights (Polyak & Juditsky 1992): smoother than the last step's,
 * and often more accurate. It begins by following closely, so that the first steps are soon forgotten.
 */
export class MovingAverage {
  private readonly decay: number;
  private steps: number;
  private average: tf.Tensor1D;

  /** @param steps that the weights in `from` are the average of */
  constructor(decay: number, model: tf.LayersModel, steps: number, from?: Float32Array) {
    this.decay = decay;
    this.steps = steps;
    this.average = tf.tidy(() => (from === undefined ? flatten(model.getWeights()) : tf.tensor1d(from)));
  }

  /** Takes the model's weights of now into the average. */
  update(model: tf.LayersModel): void {
    this.steps++;
    const decay = Math.min(this.decay, this.steps / (this.steps + 10));
    const next = tf.tidy(() => {
      // A step towards the weights: of a frozen weight, which is its own average, the difference is exactly 0.
      const difference = flatten(model.getWeights()).sub(this.average);
      return this.average.add<tf.Tensor1D>(difference.mul(1 - decay));
    });
    this.average.dispose();
    this.average = next;
  }

  read(): Promise<Float32Array> {
    return readOut(this.average.clone());
  }

  dispose(): void {
    this.average.dispose();
  }
}
