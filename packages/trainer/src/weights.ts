import * as tf from '@tensorflow/tfjs';

/** Lengths and shapes of tensors that lie one after another in one flat vector. */
export interface Layout {
  readonly shapes: readonly (readonly number[])[];
  readonly sizes: readonly number[];
}

export function layoutOf(tensors: readonly tf.Tensor[]): Layout {
  return { shapes: tensors.map((tensor) => tensor.shape), sizes: tensors.map((tensor) => tensor.size) };
}

/** Tensors one after another in one vector, on the device. */
export function flatten(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.concat(tensors.map((tensor) => tensor.flatten()));
}

/** The tensors of a vector that `flatten` made. */
export function unflatten(flat: tf.Tensor1D, { shapes, sizes }: Layout): tf.Tensor[] {
  return tf.split(flat, [...sizes]).map((part, i) => part.reshape([...shapes[i]!]));
}

/** All of a model's weights, the running statistics of batch norm among them, as one array. */
export function readWeights(model: tf.LayersModel): Float32Array {
  return tf.tidy(() => flatten(model.getWeights()).dataSync<'float32'>()).slice();
}

/** Puts back what `readWeights` took out. */
export function writeWeights(model: tf.LayersModel, weights: Float32Array): void {
  tf.tidy(() => model.setWeights(unflatten(tf.tensor1d(weights), layoutOf(model.getWeights()))));
}
