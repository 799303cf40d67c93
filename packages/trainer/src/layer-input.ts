import type * as tf from '@tensorflow/tfjs';

/** The only input of a layer that has one; tfjs gives it alone or in an array. */
export function only(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}
