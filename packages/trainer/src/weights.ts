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

/** What a tensor holds, which is disposed of. A GPU has to be waited for, and tfjs cannot wait at once for all of them. */
export async function readOut(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return (await tensor.data<'float32'>()).slice();
  } finally {
    tensor.dispose();
  }
}

/** All of a model's weights, the running statistics of batch norm among them, as one array. */
export function readWeights(model: tf.LayersModel): Promise<Float32Array> {
  return readOut(tf.tidy(() => flatten(model.getWeights())));
}

/** Puts back what `readWeights` took out. */
export function writeWeights(model: tf.LayersModel, weights: Float32Array): void {
  tf.tidy(() => model.setWeights(unflatten(tf.tensor1d(weights), layoutOf(model.getWeights()))));
}
