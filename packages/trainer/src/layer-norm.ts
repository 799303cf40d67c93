import * as tf from '@tensorflow/tfjs';
import { only } from './layer-input.ts';

const EPSILON = 1e-3;

/**
 * tfjs's layer normalization over the last axes. tfjs repeats the statistics to the shape of the batch, and the gradient
 * of a repetition is a slice for each copy, tens of thousands a step; here they are broadcast.
 * It is the standard layer in all else, so that any tfjs loads the model.
 * @param axes how many of the last axes are one thing to normalize
 * @param betaInitializer of the offset; zeros without it
 */
export function layerNorm(axes: 1 | 2, betaInitializer?: ReturnType<typeof tf.initializers.zeros>): tf.layers.Layer {
  const axis = axes === 1 ? [-1] : [-2, -1];
  const layer = tf.layers.layerNormalization({ axis, epsilon: EPSILON, ...(betaInitializer && { betaInitializer }) });
  const standard = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    if (kwargs.training !== true) return standard(inputs, kwargs);
    const x = only(inputs);
    const [gamma, beta] = layer.trainableWeights.map((weight) => weight.read());
    return normalizeLast(x, axes).mul(gamma!).add(beta!);
  };
  return layer;
}

/** (x − mean) / √(variance + ε) over the last axes, with the gradient in closed form. */
function normalizeLast(x: tf.Tensor, axes: number): tf.Tensor {
  const over = Array.from({ length: axes }, (_, i) => x.rank - axes + i);
  const normalize = tf.customGrad((...args) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const centred = input.sub(input.mean(over, true));
    const scale = centred.square().mean(over, true).add(EPSILON).rsqrt();
    const y = centred.mul(scale);
    save([y, scale]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, scale] = saved as [tf.Tensor, tf.Tensor];
      const along = y.mul(dy.mul(y).mean(over, true));
      return dy.sub(dy.mean(over, true)).sub(along).mul(scale);
    };
    return { value: y, gradFunc };
  });
  return normalize(x) as tf.Tensor;
}
