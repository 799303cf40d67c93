import util from 'node:util';
import { nativeBinding } from '@mnist-edge/tools';
import * as tf from '@tensorflow/tfjs';
import { useNativeGradients } from './native-gradients.ts';

/** What computes: native TensorFlow, or plain JavaScript where TensorFlow is not set up. */
export interface Backend {
  readonly name: 'tensorflow' | 'cpu';
  /** For people: "TensorFlow 2.21.0 on CPU". */
  readonly description: string;
  /** What a person should know before waiting for it. */
  readonly warning?: string;
}

/** The part of tfjs-node's backend that is used here; its types do not give it away. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/**
 * Starts the fastest backend at hand. Call it once, before the first tensor is made.
 * Plain JavaScript trains the tutorial model at some 30 images/s on the machine of the README, so it comes with a warning.
 */
export async function startBackend(): Promise<Backend> {
  const binding = nativeBinding();
  if (binding.state === 'missing') {
    await tf.setBackend('cpu');
    return {
      name: 'cpu',
      description: 'plain JavaScript',
      warning:
        `Native TensorFlow is not set up: ${binding.reason}\n` +
        'Training goes on in plain JavaScript, at tens of images per second: hours where TensorFlow takes minutes.',
    };
  }
  // tfjs-node still calls this function, which Node 23 removed.
  const legacy: { isNullOrUndefined?: (value: unknown) => boolean } = util;
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  // TensorFlow's own start-up messages are for its developers.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  await import('@tensorflow/tfjs-node-gpu');
  await tf.ready();
  useNativeGradients();
  const native = tf.backend() as unknown as NativeBackend;
  const device = native.isUsingGpuDevice ? 'GPU' : 'CPU';
  return { name: 'tensorflow', description: `TensorFlow ${native.binding.TF_Version} on ${device}` };
}
