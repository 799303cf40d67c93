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
  /** The same for every image of a batch: the batch axis of its shape is 1, and it must be broadcast. */
  readonly repeated: boolean;
}

/** One kernel that a forward pass ran. */
export interface KernelCall {
  readonly kernel: string;
  /** The layer that ran it, for messages: `"dense_1" (Dense)`. */
  readonly layer: string | undefined;
  /** By tfjs's name of the argument, of a list by position; those left out are not in it. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** As tfjs gave them, numbers that depend on the batch size replaced by `BATCH`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Most have one. */
  readonly outputs: readonly Value[];
}

/** A forward pass as the kernels it ran, in order. */
export interface Recording {
  readonly input: Value;
  readonly output: Value;
  readonly constants: ReadonlyMap<number, Constant>;
  readonly calls: readonly KernelCall[];
}

type Forward = (input: tf.Tensor) => tf.Tensor;
/** Names the layer that is running, if any. */
type Where = () => string | undefined;

/**
 * Records the kernels of a forward pass. Every tfjs operation goes through `engine.runKernel`, so this sees any
 * architecture alike. What does not depend on the input is a constant, whatever kernels made it. The pass is run at two
 * batch sizes: what differs between them is the batch axis.
 * @param shape of one input, without the batch axis
 * @throws {Problem} when the pass does other things at another batch size, or what it does cannot be written as a graph
 */
export function record(forward: Forward, shape: readonly number[], where: Where = () => undefined): Recording {
  const [two, three] = [2, 3].map((batch) => observe(forward, [batch, ...shape], where));
  return merge(two!, three!);
}

/** A pass at one batch size, its shapes as they are. */
export function observe(forward: Forward, shape: readonly number[], where: Where): Recording {
  const calls: KernelCall[] = [];
  const constants = new Map<number, Constant>();
  /** What depends on the input. */
  const flowing = new Set<number>();
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
    const layer = where();
    // tfjs passes optional arguments as undefined or null, whatever its types say; of a list, the names are positions.
    const tensors = Object.entries(inputs).filter(([, tensor]) => tensor instanceof tf.Tensor);
    if (!tensors.some(([, tensor]) => flowing.has(tensor.id))) return;
    const results = [result].flat();
    const outputs = results.filter((output): output is tf.Tensor => output instanceof tf.Tensor);
    if (outputs.length < results.length) throw unsupported(kernel, layer, 'what it gives is not a tensor');
    const values: Record<string, Value> = {};
    for (const [name, tensor] of tensors) {
      values[name] = toValue(tensor);
      if (flowing.has(tensor.id)) continue;
      const data = tensor.dataSync();
      if (!(data instanceof Float32Array || data instanceof Int32Array)) {
        throw unsupported(kernel, layer, `it reads a ${tensor.dtype} tensor`);
      }
      constants.set(tensor.id, { ...toValue(tensor), data: data.slice(), repeated: false });
    }
    for (const output of outputs) flowing.add(output.id);
    calls.push({ kernel, layer, inputs: values, attributes: { ...attributes }, outputs: outputs.map(toValue) });
  }

  engine.startScope();
  engine.runKernel = watch as typeof engine.runKernel;
  try {
    const input = tf.zeros([...shape]);
    flowing.add(input.id);
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

function unsupported(kernel: string, layer: string | undefined, why: string): Problem {
  return new Problem(
    `${kernelOf({ kernel, layer })} cannot be exported: ${why}. Write the layer with other operations.`,
  );
}

/** A kernel and where it came from, to begin a sentence with. */
export function kernelOf({ kernel, layer }: Pick<KernelCall, 'kernel' | 'layer'>): string {
  return layer === undefined ? `The kernel ${kernel}` : `The kernel ${kernel} of the layer ${layer}`;
}

/** The first recording, with tensors and numbers that differ in the second one marked as batch. */
function merge(one: Recording, other: Recording): Recording {
  if (one.calls.length !== other.calls.length) {
    throw new Problem(
      `The model runs ${one.calls.length} kernels for a batch of 2 and ${other.calls.length} for one of 3; only a model that ` +
        'does the same at every batch size can be exported.',
    );
  }
  const constants = new Map<number, Constant>();
  const calls = one.calls.map((call, i) => {
    const twin = other.calls[i]!;
    if (call.kernel !== twin.kernel) {
      throw new Problem(
        `The model runs ${call.kernel} for a batch of 2 where it runs ${twin.kernel} for one of 3; it cannot be exported.`,
      );
    }
    const inputs = Object.entries(call.inputs).map(([name, value]) => {
      const pair = [value, twin.inputs[name]!] as const;
      const [constant, again] = [one.constants.get(value.id), other.constants.get(pair[1].id)];
      if (constant === undefined || again === undefined) return [name, mergeValue(...pair)] as const;
      const merged = mergeConstants(constant, again);
      if (merged === undefined) {
        throw unsupported(call.kernel, call.layer, 'it reads numbers that depend on how many images there are');
      }
      constants.set(value.id, merged);
      return [name, { id: value.id, shape: merged.shape }] as const;
    });
    return {
      ...call,
      inputs: Object.fromEntries(inputs),
      attributes: mergeNumbers(call.attributes, twin.attributes) as Record<string, unknown>,
      outputs: call.outputs.map((output, k) => mergeValue(output, twin.outputs[k]!)),
    };
  });
  return { input: mergeValue(one.input, other.input), output: mergeValue(one.output, other.output), constants, calls };
}

/** A constant that is the same at both batch sizes, or the same for each image of either; undefined when it is neither. */
function mergeConstants(one: Constant, other: Constant): Constant | undefined {
  const axis = one.shape.findIndex((size, i) => size !== other.shape[i]);
  if (axis === -1) return sameNumbers(one.data, other.data) ? one : undefined;
  const [first, second] = [firstOf(one, axis), firstOf(other, axis)];
  return first !== undefined && second !== undefined && sameNumbers(first.data, second.data) ? first : undefined;
}

/** The first slice along an axis that all others are equal to; undefined when they are not. */
function firstOf(constant: Constant, axis: number): Constant | undefined {
  const { shape, data } = constant;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const period = inner * shape[axis]!;
  if (!data.every((x, i) => x === data[i - (i % period) + (i % inner)])) return undefined;
  const first = data.filter((_, i) => i % period < inner);
  return { ...constant, shape: shape.with(axis, 1), data: first, repeated: true };
}

function sameNumbers(one: Constant['data'], other: Constant['data']): boolean {
  return one.length === other.length && one.every((x, i) => x === other[i]);
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
