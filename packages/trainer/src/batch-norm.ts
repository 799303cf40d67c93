import * as tf from '@tensorflow/tfjs';
import { nativeKernels } from './native-backend.ts';
import { fusedBatchNorm } from './native-kernels.ts';

/** Weight of the past in the running statistics. Keras's 0.99 lags behind in runs of a few thousand steps. */
const MOMENTUM = 0.9;
const EPSILON = 1e-3;

/** What a layer's weights can do that their public type does not say. */
interface LayerWeight {
  read(): tf.Tensor;
  write(value: tf.Tensor): this;
}

/**
 * tfjs's batch normalization for convolutions, trained by TensorFlow's fused kernel where that is at hand.
 * It is the standard layer in all else, so that any tfjs loads the model.
 */
export function batchNorm(): tf.layers.Layer {
  const layer = tf.layers.batchNormalization({ momentum: MOMENTUM, epsilon: EPSILON });
  const composed = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    if (kwargs.training !== true || !nativeKernels()) return composed(inputs, kwargs);
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const [gamma, beta] = layer.trainableWeights as unknown as [LayerWeight, LayerWeight];
    const [runningMean, runningVariance] = layer.nonTrainableWeights as unknown as [LayerWeight, LayerWeight];
    return fusedBatchNorm(x, gamma.read() as tf.Tensor1D, beta.read() as tf.Tensor1D, EPSILON, (mean, variance) => {
      blend(runningMean, mean);
      blend(runningVariance, variance);
    });
  };
  return layer;
}

function blend(running: LayerWeight, now: tf.Tensor): void {
  tf.tidy(() => {
    running.write(
      running
        .read()
        .mul(MOMENTUM)
        .add(now.mul(1 - MOMENTUM)),
    );
  });
}
