import * as tf from '@tensorflow/tfjs';
import { attribute, floats, native, nativeKernels } from './native-backend.ts';
import { findLargest, giveToLargest, type Pooling } from './native-pooling.ts';

/**
 * Gradients by TensorFlow's own kernels where tfjs composes them of several or takes a slow one, for the whole process.
 * The most is gained in max pooling, whose plain kernel compares every window again, on one core: of the activations of
 * `keras-tutorial` at a batch of 128 it took 37 ms on 2 cores.
 */
export function useNativeGradients(): void {
  replace('Relu', ['x'], (dy, [, y]) => ({
    x: () => native().executeSingleOutput('ReluGrad', floats('T'), [dy, y!]),
  }));
  replace('MaxPool', ['x'], (dy, [x, y], attributes) => ({
    x: () => {
      const pooling = attributes as unknown as Pooling;
      const [, places] = findLargest(x!, pooling);
      return giveToLargest(dy, x!, y!, places, pooling);
    },
  }));
  replace('Add', ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(dy, a!.shape),
    b: () => sumTo(dy, b!.shape),
  }));
}

type Gradient = (dy: tf.Tensor, saved: tf.Tensor[], attributes: tf.NamedAttrMap) => Record<string, () => tf.Tensor>;

/**
 * Puts a gradient in the place of tfjs's own, which goes on to be used where another backend computes.
 * @param inputs names of the inputs that it is given, and after them the output
 */
function replace(kernelName: string, inputs: string[], gradient: Gradient): void {
  const own = tf.getGradient(kernelName)!;
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: inputs,
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) =>
      nativeKernels() ? gradient(dy as tf.Tensor, saved, attributes) : own.gradFunc(dy, saved, attributes),
  });
}

/** The gradient of what was broadcast to the shape of `dy`: a sum over the axes that it had not, or had as 1. */
function sumTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const added = dy.rank - shape.length;
  const isBias =
    shape.length > 0 &&
    dy.rank > 1 &&
    shape.at(-1) === dy.shape.at(-1) &&
    shape.slice(0, -1).every((size) => size === 1);
  if (isBias && dy.size > dy.shape.at(-1)!) {
    const rows = dy.reshape([-1, dy.shape.at(-1)!]);
    return native()
      .executeSingleOutput('BiasAddGrad', [...floats('T'), attribute('TF_ATTR_STRING', 'data_format', 'NHWC')], [rows])
      .reshape([...shape]);
  }
  const axes = dy.shape.flatMap((size, axis) =>
    axis < added || (shape[axis - added] === 1 && size > 1) ? [axis] : [],
  );
  return (axes.length === 0 ? dy : dy.sum(axes)).reshape([...shape]);
}
