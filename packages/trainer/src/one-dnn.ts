import * as tf from '@tensorflow/tfjs';
import { attribute, floats, native, type OpAttribute } from './native-backend.ts';

/** Whether each backend has oneDNN's kernels, found out by one tiny pooling. */
const found = new WeakMap<object, boolean>();

/**
 * True where oneDNN's kernels are at hand: TensorFlow for x86, computing on the processor. They give the same numbers as
 * the plain ones in less time; TensorFlow takes them by itself in graphs, but some of them not where ops run one by one.
 */
export function hasOneDnn(): boolean {
  const backend = native();
  const known = found.get(backend);
  if (known !== undefined) return known;
  const here = !backend.isUsingGpuDevice && tf.tidy(() => pools(tf.ones([1, 2, 2, 1])));
  found.set(backend, here);
  return here;
}

/** What TensorFlow's own rewriting of a graph sets on an op, so that oneDNN's kernel for it is found. */
export function byOneDnn(): OpAttribute {
  return attribute('TF_ATTR_STRING', '_kernel', 'MklNameChangeOp');
}

/**
 * Makes softmax oneDNN's, for the whole process: TensorFlow takes that one in graphs, and its numbers are not those of the plain
 * one to the last bit.
 */
export function useOneDnnSoftmax(): void {
  const [kernelName, backendName] = ['Softmax', 'tensorflow'] as const;
  const { kernelFunc } = tf.getKernel(kernelName, backendName);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: (call) =>
      hasOneDnn()
        ? native().executeSingleOutput('_MklSoftmax', [...floats('T'), byOneDnn()], [call.inputs.logits as tf.Tensor])
        : kernelFunc(call),
  });
}

function pools(x: tf.Tensor): boolean {
  const { binding } = native();
  const attributes = [
    ...floats('T'),
    attribute('TF_ATTR_INT', 'ksize', [1, 2, 2, 1]),
    attribute('TF_ATTR_INT', 'strides', [1, 2, 2, 1]),
    attribute('TF_ATTR_STRING', 'padding', 'VALID'),
    byOneDnn(),
  ];
  try {
    const outputs = binding.executeOp('_MklNativeMaxPool', attributes, native().getInputTensorIds([x]), 2);
    for (const { id } of outputs) binding.deleteTensor(id);
    return true;
  } catch {
    return false;
  }
}
