import util from 'node:util';
import { Problem } from '@mnist-edge/recognizer';
import { findGpus, nativeBinding } from '@mnist-edge/tools';
import * as tf from '@tensorflow/tfjs';
import { useNativeGradients } from './native-gradients.ts';
import { useOneDnnKernels } from './one-dnn.ts';
import { type Gpu, startWebGpu } from './webgpu.ts';

export const backends = ['tensorflow', 'webgpu', 'cpu'] as const;
export type BackendName = (typeof backends)[number];

/** What computes: native TensorFlow, a GPU through WebGPU, or plain JavaScript where TensorFlow is not set up or not wanted. */
export interface Backend {
  readonly name: BackendName;
  /** For people: "TensorFlow 2.21.0 on CPU". */
  readonly description: string;
  /** The GPU that computes, by its name. */
  readonly gpu?: string;
  /** What a person should know before waiting for it. */
  readonly warning?: string;
}

/** The part of tfjs-node's backend that is used here; its types do not give it away. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/**
 * Starts the fastest backend at hand, or the one that is wanted. Call it once, before the first tensor is made.
 * Plain JavaScript trains the tutorial model at some 30 images/s on the machine of the README, so it comes with a warning.
 * @throws {Problem} when TensorFlow is wanted and not set up, or WebGPU and there is no GPU, with the way out
 */
export async function startBackend(wanted?: BackendName): Promise<Backend> {
  if (wanted === 'webgpu') return describeGpu(await startWebGpu());
  const binding = nativeBinding();
  if (binding.state === 'missing' && wanted === 'tensorflow') {
    throw new Problem(
      `--backend tensorflow: ${binding.reason} Or train in plain JavaScript, at tens of images per second: --backend cpu`,
    );
  }
  if (binding.state === 'missing' || wanted === 'cpu') {
    await tf.setBackend('cpu');
    const why = binding.state === 'missing' ? `Native TensorFlow is not set up: ${binding.reason}\n` : '';
    return {
      name: 'cpu',
      description: 'plain JavaScript',
      warning: `${why}Plain JavaScript trains at tens of images per second: hours where TensorFlow takes minutes.`,
    };
  }
  // tfjs-node still calls this function, which Node 23 removed.
  const legacy: { isNullOrUndefined?: (value: unknown) => boolean } = util;
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  // TensorFlow's own start-up messages are for its developers.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (binding.cuda) settleGpu();
  await import('@tensorflow/tfjs-node-gpu');
  await tf.ready();
  useNativeGradients();
  useOneDnnKernels();
  const native = tf.backend() as unknown as NativeBackend;
  const version = `TensorFlow ${native.binding.TF_Version}`;
  if (native.isUsingGpuDevice) {
    const gpu = findGpus(process.env)[0] ?? 'NVIDIA GPU';
    return { name: 'tensorflow', description: `${version} on ${gpu}`, gpu };
  }
  const backend: Backend = { name: 'tensorflow', description: `${version} on CPU` };
  if (!binding.cuda) return backend;
  // TensorFlow itself goes on without a word when a library of CUDA is missing.
  const warning =
    "TensorFlow's CUDA build is linked, but it finds no GPU that it can use, and computes on the processor. What is " +
    'missing for the GPU: npx nx run tools:doctor';
  return { ...backend, warning };
}

/** How TensorFlow's CUDA build is to compute, unless the environment says otherwise; it reads this as it starts. */
function settleGpu(): void {
  // The same config makes the same weights: no kernel that adds up in the order in which threads come.
  process.env.TF_DETERMINISTIC_OPS ??= '1';
  // All bits of a float32, as every other runtime takes them: TF32 has 10 of 23, and nets this small gain no time by it.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  // Else the first process takes all of the GPU's memory, and the next finds none.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
}

function describeGpu({ name, software }: Gpu): Backend {
  const description = `WebGPU on ${name}`;
  if (!software) return { name: 'webgpu', description, gpu: name };
  const warning = `${name} is no GPU but a program that plays one, slower than TensorFlow: for tests.`;
  return { name: 'webgpu', description, gpu: name, warning };
}
