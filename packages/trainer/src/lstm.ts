import * as tf from '@tensorflow/tfjs';
import { only } from './layer-input.ts';
import { nativeKernels } from './native-backend.ts';
import { fusedLstm } from './native-kernels.ts';

export interface LstmOptions {
  readonly units: number;
  /** One seed for each of the two kernels. */
  readonly nextSeed: () => number;
}

/**
 * tfjs's LSTM, `[batch, time, inputs]` → `[batch, units]`, trained by TensorFlow's fused kernel where that is at hand: an
 * order of magnitude faster. It is the standard layer in all else, so that any tfjs loads the model.
 */
export function lstm({ units, nextSeed }: LstmOptions): tf.layers.Layer {
  const layer = tf.layers.lstm({
    units,
    recurrentActivation: 'sigmoid',
    kernelInitializer: tf.initializers.glorotUniform({ seed: nextSeed() }),
    recurrentInitializer: tf.initializers.glorotUniform({ seed: nextSeed() }),
  });
  const composed = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    if (kwargs.training !== true || !nativeKernels()) return composed(inputs, kwargs);
    const x = only(inputs) as tf.Tensor3D;
    const [kernel, recurrent, bias] = layer.trainableWeights.map((weight) => weight.read());
    return fusedLstm(x.transpose([1, 0, 2]), kernel as tf.Tensor2D, recurrent as tf.Tensor2D, bias as tf.Tensor1D);
  };
  return layer;
}
