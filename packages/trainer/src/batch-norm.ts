import * as tf from '@tensorflow/tfjs';
import { only } from './layer-input.ts';
import { nativeKernels } from './native-backend.ts';
import { fusedBatchNormRelu } from './native-kernels.ts';

/** Weight of the past in the running statistics. Keras's 0.99 lags behind in runs of a few thousand steps. */
const MOMENTUM = 0.9;
const EPSILON = 1e-3;

/** What a layer's weights can do that their public type does not say. */
interface LayerWeight {
  read(): tf.Tensor;
  write(value: tf.Tensor): this;
}

/**
 * Batch normalization for convolutions and the ReLU behind it, as two standard layers, so that any tfjs loads the model.
 * In training one fused kernel of TensorFlow does both, where that is at hand.
 */
export function batchNormRelu(): [tf.layers.Layer, tf.layers.Layer] {
  const [norm, relu] = [tf.layers.batchNormalization({ momentum: MOMENTUM, epsilon: EPSILON }), tf.layers.reLU()];
  const [composed, standardRelu] = [norm.call.bind(norm), relu.call.bind(relu)];
  /** Whether the norm did ReLU's work too. ReLU cannot tell by itself: a norm that is frozen does not train. */
  let fused = false;
  norm.call = (inputs, kwargs) => {
    fused = kwargs.training === true && nativeKernels();
    if (!fused) return composed(inputs, kwargs);
    const [gamma, beta] = norm.trainableWeights as unknown as [LayerWeight, LayerWeight];
    const [runningMean, runningVariance] = norm.nonTrainableWeights as unknown as [LayerWeight, LayerWeight];
    const [x, scale, offset] = [only(inputs) as tf.Tensor4D, gamma.read() as tf.Tensor1D, beta.read() as tf.Tensor1D];
    return fusedBatchNormRelu(x, scale, offset, EPSILON, (mean, variance) => {
      blend(runningMean, mean);
      blend(runningVariance, variance);
    });
  };
  relu.call = (inputs, kwargs) => (fused ? only(inputs) : standardRelu(inputs, kwargs));
  return [norm, relu];
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
