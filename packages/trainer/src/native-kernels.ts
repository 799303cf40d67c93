import * as tf from '@tensorflow/tfjs';
import { attribute, floats, native, type OpAttribute } from './native-backend.ts';
import { byOneDnn, hasOneDnn } from './one-dnn.ts';

/**
 * TensorFlow's own fused kernels for training, which tfjs does not use: it composes these gradients from
 * element-wise steps over whole activations, each a pass through memory. Measured on 2 cores with a batch of 128, the
 * step of `edge` falls from 56 ms to 22 ms, that of `keras-tutorial` from 49 ms to 37 ms.
 */

/**
 * Batch normalization of `x` `[batch, height, width, channels]` with the batch's own statistics, then ReLU, and the gradient
 * of both.
 * @param onStatistics gets the mean and the variance (Bessel-corrected) over the batch, `[channels]` each; they are
 *   disposed of when it returns
 */
export function fusedBatchNormRelu(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  onStatistics: (mean: tf.Tensor, variance: tf.Tensor) => void,
): tf.Tensor4D {
  const common = [
    ...floats('T', 'U'),
    attribute('TF_ATTR_FLOAT', 'epsilon', epsilon),
    attribute('TF_ATTR_STRING', 'data_format', 'NHWC'),
    attribute('TF_ATTR_BOOL', 'is_training', true),
  ];
  const normalize = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const unused = tf.tensor1d([]);
    const whole = attribute('TF_ATTR_FLOAT', 'exponential_avg_factor', 1);
    const inputs = [input, scale, offset, unused, unused];
    const [y, mean, variance, ...reserved] = hasOneDnn()
      ? native().executeMultipleOutputs('_MklNativeFusedBatchNormEx', [...common, whole, ...withRelu()], inputs, 6)
      : native().executeMultipleOutputs('FusedBatchNormV3', [...common, whole], inputs, 6);
    onStatistics(mean!, variance!);
    const value = hasOneDnn() ? y! : tf.relu(y!);
    save([value, input, scale, ...reserved]);
    const gradFunc = (dy: tf.Tensor, [positive, ...saved]: tf.Tensor[]) => {
      const passed = native().executeSingleOutput('ReluGrad', floats('T'), [dy, positive!]);
      const op = hasOneDnn() ? '_MklNativeFusedBatchNormGradV3' : 'FusedBatchNormGradV3';
      const attributes = hasOneDnn() ? [...common, byOneDnn()] : common;
      return native()
        .executeMultipleOutputs(op, attributes, [passed, ...saved], 5)
        .slice(0, 3);
    };
    return { value, gradFunc };
  });
  return normalize(x, gamma, beta) as tf.Tensor4D;
}

function withRelu(): OpAttribute[] {
  return [
    attribute('TF_ATTR_INT', 'num_side_inputs', 0),
    attribute('TF_ATTR_STRING', 'activation_mode', 'Relu'),
    byOneDnn(),
  ];
}

/**
 * The mean cross-entropy of softmax(logits) against the target, and its gradient, by as few kernels as there can be.
 * @param target `[batch, classes]`, rows that sum to 1
 * @param logits `[batch, classes]`
 */
export function fusedCrossEntropy(target: tf.Tensor2D, logits: tf.Tensor2D): tf.Scalar {
  const run = tf.customGrad((...args) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const [losses, slope] = native().isUsingGpuDevice ? inSteps(target, input) : inOne(target, input);
    save([slope!]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => saved[0]!.mul(dy.div(input.shape[0]!));
    return { value: losses!.mean(), gradFunc };
  });
  return run(logits) as tf.Scalar;
}

function inOne(target: tf.Tensor, logits: tf.Tensor): tf.Tensor[] {
  return native().executeMultipleOutputs('SoftmaxCrossEntropyWithLogits', floats('T'), [logits, target], 2);
}

/** For an NVIDIA GPU, where the one kernel adds up in another order each time. */
function inSteps(target: tf.Tensor, logits: tf.Tensor): tf.Tensor[] {
  const logarithms = native().executeSingleOutput('LogSoftmax', floats('T'), [logits]);
  return [target.mul(logarithms).sum(1).neg(), logarithms.exp().sub(target)];
}

/**
 * An LSTM over a whole sequence, as one kernel forwards and one backwards where tfjs runs a thousand.
 * @param x `[time, batch, inputs]`
 * @param kernel `[inputs, 4 · units]`, the gates in Keras's order: input, forget, cell, output; `recurrent` and `bias` alike
 * @param recurrent `[units, 4 · units]`
 * @param bias `[4 · units]`
 * @returns the output after the last step, `[batch, units]`
 */
export function fusedLstm(x: tf.Tensor3D, kernel: tf.Tensor2D, recurrent: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  const [time, batch] = x.shape;
  const units = recurrent.shape[0];
  const attributes = [...floats('T'), attribute('TF_ATTR_BOOL', 'use_peephole', false)];
  const run = tf.customGrad((...args) => {
    const [input, weights, offsets, save] = args as [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc];
    const state = tf.zeros([batch, units]);
    // The kernel has a place for weights from the cell to the gates, which this LSTM has not.
    const peephole = tf.zeros([units]);
    const inputs = [input, state, state, weights, peephole, peephole, peephole, offsets];
    const clip = attribute('TF_ATTR_FLOAT', 'cell_clip', 0);
    const outputs = withLength(time, 'BlockLSTMV2', [...attributes, clip], inputs, 7);
    const hidden = outputs[6] as tf.Tensor3D;
    save([...inputs, ...outputs]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const beforeLast = tf.zeros([time - 1, batch, units]);
      const hiddenGradient = tf.concat([beforeLast, dy.reshape([1, batch, units])]);
      const cellGradient = tf.zeros([time, batch, units]);
      const gradients = withLength(time, 'BlockLSTMGradV2', attributes, [...saved, cellGradient, hiddenGradient], 8);
      return [gradients[0]!, gradients[3]!, gradients[7]!];
    };
    return { value: hidden.slice([time - 1, 0, 0], [1, batch, units]).reshape([batch, units]), gradFunc };
  });
  return run(x, tf.concat([kernel, recurrent]), bias) as tf.Tensor2D;
}

/** Runs an op whose first input is a sequence's length, which is of a type that tfjs has not. */
function withLength(length: number, op: string, attributes: OpAttribute[], inputs: tf.Tensor[], outputs: number) {
  const backend = native();
  const id = backend.binding.createTensor([], backend.binding.TF_INT64, Int32Array.of(length, 0));
  try {
    const made = backend.binding.executeOp(op, attributes, [id, ...backend.getInputTensorIds(inputs)], outputs);
    return made.map((output) => backend.createOutputTensor(output));
  } finally {
    backend.binding.deleteTensor(id);
  }
}
