import * as tf from '@tensorflow/tfjs';
import { attribute, floats, native, type OpAttribute } from './native-backend.ts';
import { byOneDnn, hasOneDnn } from './one-dnn.ts';

/** Windows as tfjs's kernel has them. */
export interface Pooling {
  /** `[height, width]`, or one number for both; strides alike. */
  readonly filterSize: number | readonly number[];
  readonly strides: number | readonly number[];
  readonly pad: string;
}

/**
 * Max pooling that knows where it found the largest numbers.
 * @param x `[batch, height, width, channels]`
 * @returns what was pooled, and the places, in a form that only `giveToLargest` reads
 */
export function findLargest(x: tf.Tensor, pooling: Pooling): [pooled: tf.Tensor, places: tf.Tensor] {
  const [op, attributes] = hasOneDnn()
    ? ['_MklNativeMaxPool', oneDnnAttributes(pooling)]
    : ['MaxPoolWithArgmax', attributesOf(pooling)];
  const [pooled, places] = native().binding.executeOp(op, attributes, native().getInputTensorIds([x]), 2);
  return [
    native().createOutputTensor(pooled!),
    // tfjs has no type for them and would say so on the console at every step.
    native().createOutputTensor({ ...places!, dtype: native().binding.TF_INT32 }),
  ];
}

/** The gradient of max pooling: what each window got goes to the place of its largest number. */
export function giveToLargest(
  dy: tf.Tensor,
  x: tf.Tensor,
  pooled: tf.Tensor,
  places: tf.Tensor,
  pooling: Pooling,
): tf.Tensor {
  if (hasOneDnn()) {
    return native().executeSingleOutput('_MklNativeMaxPoolGrad', oneDnnAttributes(pooling), [x, pooled, dy, places]);
  }
  return native().isUsingGpuDevice
    ? lookAgain(dy, x, pooled, pooling)
    : native().executeSingleOutput('MaxPoolGradWithArgmax', attributesOf(pooling), [x, dy, places]);
}

/** For an NVIDIA GPU, where the kernel that knows the places adds up in another order each time, and so is refused. */
function lookAgain(dy: tf.Tensor, x: tf.Tensor, pooled: tf.Tensor, pooling: Pooling): tf.Tensor {
  const attributes = [...common(pooling), attribute('TF_ATTR_STRING', 'data_format', 'NHWC')];
  return native().executeSingleOutput('MaxPoolGrad', attributes, [x, pooled, dy]);
}

/** Max pooling for training: what it finds on its way forwards it need not look for again on its way back. */
export function fusedMaxPool(x: tf.Tensor4D, pooling: Pooling): tf.Tensor4D {
  const pool = tf.customGrad((...args) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const [value, places] = findLargest(input, pooling);
    save([input, value, places]);
    const gradFunc = (dy: tf.Tensor, [x, pooled, found]: tf.Tensor[]) =>
      giveToLargest(dy, x!, pooled!, found!, pooling);
    return { value, gradFunc };
  });
  return pool(x) as tf.Tensor4D;
}

function oneDnnAttributes(pooling: Pooling): OpAttribute[] {
  return [
    ...common(pooling),
    attribute('TF_ATTR_STRING', 'data_format', 'NHWC'),
    attribute('TF_ATTR_BOOL', 'workspace_enabled', true),
    byOneDnn(),
  ];
}

function attributesOf(pooling: Pooling): OpAttribute[] {
  return [
    ...common(pooling),
    attribute('TF_ATTR_TYPE', 'Targmax', native().binding.TF_INT64),
    attribute('TF_ATTR_BOOL', 'include_batch_in_index', false),
  ];
}

function common({ filterSize, strides, pad }: Pooling): OpAttribute[] {
  return [
    ...floats('T'),
    attribute('TF_ATTR_INT', 'ksize', window(filterSize)),
    attribute('TF_ATTR_INT', 'strides', window(strides)),
    attribute('TF_ATTR_STRING', 'padding', pad.toUpperCase()),
  ];
}

/** `[h, w]` or one number for both, as NHWC's `[1, h, w, 1]`. */
function window(size: number | readonly number[]): number[] {
  const [height, width = height] = [size].flat();
  return [1, height!, width!, 1];
}
