import { Problem } from '@mnist-edge/recognizer';
import * as tf from '@tensorflow/tfjs';

/** Marks the batch axis in a shape. */
export const BATCH = -1;

/** A tensor that flows between kernels: the input, a weight, or what an earlier kernel made. */
export interface Value {
  readonly id: number;
  /** The batch axis is `BATCH`. */
  readonly shape: readonly number[];
}

/** A weight or another tensor that does not depend on the input. */
export interface Constant extends Value {
  readonly data: Float32Array | Int32Array;
}

/** One kernel that a forward pass ran. */
export interface KernelCall {
  readonly kernel: string;
  /** By tfjs's name of the argument; those left out are not in it. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** As tfjs gave them, numbers that depend on the batch size replaced by `BATCH`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly output: Value;
}

/** A forward pass as the kernels it ran, in order. */
export interface Recording {
  readonly input: Value;
  readonly output: Value;
  readonly constants: ReadonlyMap<number, Constant>;
  readonly calls: readonly KernelCall[];
}

type Forward = (input: tf.Tensor) => tf.Tensor;

/**
 * Records the kernels of a forward pass. Every tfjs operation goes through `engine.runKernel`, so this sees any
 * architecture alike. The pass is run at two batch sizes: what differs between them is the batch axis.
 * @param shape of one input, without the batch axis
 * @throws {Problem} when the pass does other things at another batch size, or what it does cannot be written as a graph
 */
export function record(forward: Forward, shape: readonly number[]): Recording {
  const [two, three] = [2, 3].map((batch) => observe(forward, [batch, ...shape]));
  return merge(two!, three!);
}

function observe(forward: Forward, shape: readonly number[]): Recording {
  const calls: KernelCall[] = [];
  const constants = new Map<number, Constant>();
  const known = new Set<number>();
  const engine = tf.engine();
  const { runKernel } = engine;
  let depth = 0;

  function watch(kernel: string, inputs: tf.NamedTensorMap, attributes?: tf.NamedAttrMap): unknown {
    depth++;
    try {
      const result: unknown = runKernel.call(engine, kernel, inputs, attributes);
      // A kernel may be made of others; the outermost is the one whose meaning is known.
      if (depth === 1) note(kernel, inputs, attributes, result);
      return result;
    } finally {
      depth--;
    }
  }

  function note(
    kernel: string,
    inputs: tf.NamedTensorMap,
    attributes: tf.NamedAttrMap | undefined,
    result: unknown,
  ): void {
    if (!(result instanceof tf.Tensor)) throw unsupported(kernel, 'it has several outputs');
    if (Array.isArray(inputs)) throw unsupported(kernel, 'it takes a list of tensors');
    const values: Record<string, Value> = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      // tfjs passes optional arguments as undefined or null, whatever its types say.
      if (tensor === undefined || tensor === null) continue;
      if (!(tensor instanceof tf.Tensor)) throw unsupported(kernel, 'it takes a list of tensors');
      values[name] = toValue(tensor);
      if (!known.has(tensor.id)) constants.set(tensor.id, { ...toValue(tensor), data: read(kernel, tensor) });
    }
    known.add(result.id);
    calls.push({ kernel, inputs: values, attributes: { ...attributes }, output: toValue(result) });
  }

  engine.startScope();
  engine.runKernel = watch as typeof engine.runKernel;
  try {
    const input = tf.zeros([...shape]);
    known.add(input.id);
    // What making the input took is not part of the pass.
    calls.length = 0;
    const output = forward(input);
    return { input: toValue(input), output: toValue(output), constants, calls };
  } finally {
    engine.runKernel = runKernel;
    engine.endScope();
  }
}

function toValue(tensor: tf.Tensor): Value {
  return { id: tensor.id, shape: tensor.shape };
}

function read(kernel: string, tensor: tf.Tensor): Float32Array | Int32Array {
  const data = tensor.dataSync();
  if (data instanceof Float32Array || data instanceof Int32Array) return data.slice();
  throw unsupported(kernel, `it reads a ${tensor.dtype} tensor`);
}

function unsupported(kernel: string, why: string): Problem {
  return new Problem(`The kernel ${kernel} cannot be exported: ${why}. Write the layer with other operations.`);
}

/** The first recording, with tensors and numbers that differ in the second one marked as batch. */
function merge(one: Recording, other: Recording): Recording {
  if (one.calls.length !== other.calls.length) {
    throw new Problem(
      `The model runs ${one.calls.length} kernels for a batch of 2 and ${other.calls.length} for one of 3; only a model that ` +
        'does the same at every batch size can be exported.',
    );
  }
  const calls = one.calls.map((call, i) => {
    const twin = other.calls[i]!;
    if (call.kernel !== twin.kernel) {
      throw new Problem(
        `The model runs ${call.kernel} for a batch of 2 where it runs ${twin.kernel} for one of 3; it cannot be exported.`,
      );
    }
    const inputs = Object.entries(call.inputs).map(([name, v]) => [name, mergeValue(v, twin.inputs[name]!)] as const);
    return {
      kernel: call.kernel,
      inputs: Object.fromEntries(inputs),
      attributes: mergeNumbers(call.attributes, twin.attributes) as Record<string, unknown>,
      output: mergeValue(call.output, twin.output),
    };
  });
  return {
    input: mergeValue(one.input, other.input),
    output: mergeValue(one.output, other.output),
    constants: one.constants,
    calls,
  };
}

function mergeValue(one: Value, other: Value): Value {
  return { id: one.id, shape: mergeNumbers(one.shape, other.shape) as number[] };
}

function mergeNumbers(one: unknown, other: unknown): unknown {
  if (typeof one === 'number') return one === other ? one : BATCH;
  if (Array.isArray(one) && Array.isArray(other)) return one.map((item, i) => mergeNumbers(item, other[i]));
  if (typeof one === 'object' && one !== null && typeof other === 'object' && other !== null) {
    const twin = other as Record<string, unknown>;
    return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, mergeNumbers(item, twin[key])]));
  }
  return one;
}
