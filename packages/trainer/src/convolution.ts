import * as tf from '@tensorflow/tfjs';
import { only } from './layer-input.ts';
import { nativeKernels } from './native-backend.ts';
import { fusedMaxPool } from './native-pooling.ts';

type Options = Parameters<typeof tf.layers.conv2d>[0];

/** What a convolution's layer holds that its public type does not say. */
interface Parts {
  readonly activation: { apply(x: tf.Tensor): tf.Tensor };
  readonly strides: [number, number];
  readonly padding: 'valid' | 'same';
}

/**
 * tfjs's convolution. Where its activation is none, tfjs computes at every step the gradient that goes on to the layer
 * before, even of the images, which nothing learns from; here it is computed where something does.
 * It is the standard layer in all else, so that any tfjs loads the model.
 */
export function convolution(options: Options): tf.layers.Layer {
  const layer = tf.layers.conv2d(options);
  const standard = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    if (kwargs.training !== true) return standard(inputs, kwargs);
    const { product, bias } = multiply(layer, inputs);
    const sum = bias === undefined ? product : product.add(bias);
    return (layer as unknown as Parts).activation.apply(sum);
  };
  return layer;
}

/**
 * A convolution with ReLU and the max pooling behind it, as two standard layers. In training the bias and ReLU come after
 * the pooling: neither changes which number of a window is the largest, so the answers are the same, bit for bit, and
 * there are fewer numbers to go through.
 * @param poolSize side of the windows, which do not overlap
 */
export function pooledConvolution(
  options: Omit<Options, 'activation'>,
  poolSize: number,
): [tf.layers.Layer, tf.layers.Layer] {
  const layer = tf.layers.conv2d({ ...options, activation: 'relu' });
  const pool = tf.layers.maxPooling2d({ poolSize });
  const [standard, standardPool] = [layer.call.bind(layer), pool.call.bind(pool)];
  /** What the pooling has still to add; a convolution that is frozen leaves nothing to do. */
  let pending: { bias: tf.Tensor | undefined } | undefined;
  layer.call = (inputs, kwargs) => {
    if (kwargs.training !== true) return standard(inputs, kwargs);
    const { product, bias } = multiply(layer, inputs);
    pending = { bias };
    return product;
  };
  pool.call = (inputs, kwargs) => {
    if (pending === undefined) return standardPool(inputs, kwargs);
    const { bias } = pending;
    pending = undefined;
    const x = only(inputs) as tf.Tensor4D;
    const pooled = nativeKernels()
      ? fusedMaxPool(x, { filterSize: poolSize, strides: poolSize, pad: 'valid' })
      : tf.maxPool(x, poolSize, poolSize, 'valid');
    return tf.relu(bias === undefined ? pooled : pooled.add(bias));
  };
  return [layer, pool];
}

function multiply(layer: tf.layers.Layer, inputs: tf.Tensor | tf.Tensor[]) {
  const { strides, padding } = layer as unknown as Parts;
  const [kernel, bias] = layer.trainableWeights.map((weight) => weight.read());
  const product: tf.Tensor = tf.conv2d(only(inputs) as tf.Tensor4D, kernel as tf.Tensor4D, strides, padding);
  return { product, bias };
}
