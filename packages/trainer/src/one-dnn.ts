import * as tf from '@tensorflow/tfjs';
import { attribute, floats, type NativeBackend, native, type OpAttribute } from './native-backend.ts';

/** TensorFlow's ops for them, and tfjs's kernels by the same names. */
const CONVOLUTIONS = [
  'Conv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
];

/** Whether each backend has oneDNN's kernels, found out by one tiny pooling. */
const found = new WeakMap<object, boolean>();

/**
 * True where oneDNN's kernels are at hand: TensorFlow for x86, computing on the processor. They give the same numbers as
 * the plain ones in less time; TensorFlow takes them by itself in graphs, but some of them not where ops run one by one.
 */
export function hasOneDnn(): boolean {
  const backend = native();
  if (backend.isUsingGpuDevice) return false;
  const known = found.get(backend);
  if (known !== undefined) return known;
  const here = tf.tidy(() => pools(tf.ones([1, 2, 2, 1])));
  found.set(backend, here);
  return here;
}

/** What TensorFlow's own rewriting of a graph sets on an op, so that oneDNN's kernel for it is found. */
export function byOneDnn(): OpAttribute {
  return attribute('TF_ATTR_STRING', '_kernel', 'MklNameChangeOp');
}

/**
 * Makes softmax and convolutions oneDNN's, for the whole process. TensorFlow takes those in graphs, and their numbers are not
 * those of the plain kernels to the last bit; on processors without VNNI it takes them nowhere by itself, though they are
 * faster there too: on an AMD EPYC a step of `edge` takes 0.7 times as long. (`TF_ENABLE_ONEDNN_OPTS=1` would do the same,
 * and have TensorFlow say so at every start.)
 */
export function useOneDnnKernels(): void {
  replaceKernel('Softmax', ({ inputs }) =>
    native().executeSingleOutput('_MklSoftmax', [...floats('T'), byOneDnn()], [inputs.logits as tf.Tensor]),
  );
  for (const name of [...CONVOLUTIONS, 'FusedConv2D']) {
    replaceKernel(name, (call, own) => own({ ...call, backend: asOneDnn() }));
  }
}

type Kernel = (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[];
type KernelCall = Parameters<tf.KernelFunc>[0];

/** Puts a kernel in the place of tfjs's own, which goes on to be used where oneDNN's are not at hand. */
function replaceKernel(kernelName: string, kernel: (call: KernelCall, own: Kernel) => ReturnType<Kernel>): void {
  const backendName = 'tensorflow';
  const { kernelFunc: own } = tf.getKernel(kernelName, backendName);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: (call) => (hasOneDnn() ? kernel(call, own) : own(call)),
  });
}

/** The backend as it would be if what TensorFlow calls a convolution were oneDNN's kernel for it. */
function asOneDnn(): NativeBackend {
  const backend = native();
  const executeSingleOutput: NativeBackend['executeSingleOutput'] = (op, attributes, inputs) =>
    CONVOLUTIONS.includes(op)
      ? backend.executeSingleOutput(`_MklNative${op}`, [...attributes, byOneDnn()], inputs)
      : backend.executeSingleOutput(op, attributes, inputs);
  return Object.create(backend, { executeSingleOutput: { value: executeSingleOutput } }) as NativeBackend;
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
