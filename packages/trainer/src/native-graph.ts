import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type * as tf from '@tensorflow/tfjs';
import { type NativeBackend, type NativeOutput, native, nativeKernels, type OpAttribute } from './native-backend.ts';
import { bytes, concat, float, varint } from './protobuf.ts';

type Binding = NativeBackend['binding'];

/** The release of TensorFlow's graph format, from which it knows how to read the graph: any since 2015 that still is read. */
const PRODUCER = 1395;
const TAG = 'serve';
const SUMS = new Set(['Add', 'AddV2', 'AddN']);

/** What a computation ran, op by op, as TensorFlow reads a graph. */
export interface Recording {
  /** A SavedModel. */
  readonly model: Uint8Array;
  /** Names in the graph, in the order of what `record` was given and returned. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly constants: readonly Constant[];
  /** Outputs that nobody asked for: TensorFlow makes one sum of sums that only go into another, in an order of its own. */
  readonly kept: readonly string[];
}

/**
 * Numbers that are the same each time. They are not in the graph but given to it like an input: TensorFlow rewrites a graph by
 * what it knows of its numbers, a division to a multiplication for example, which is not the same to the last bit.
 */
interface Constant {
  readonly name: string;
  readonly shape: number[];
  readonly data: Float32Array;
}

/**
 * True where a graph pays: where native TensorFlow computes on the processor. On a GPU, what goes in and comes out of a graph
 * would be copied to the processor and back.
 */
export function canRecord(): boolean {
  return nativeKernels() && !native().isUsingGpuDevice;
}

/**
 * Runs a computation and writes down every op that TensorFlow runs for it.
 * @param inputs all that differs from one time to the next; every other number it uses becomes part of the graph
 * @returns what was computed, and the recording where the computation can be one: it reads no number in JavaScript, no
 *   tensor that is not among the inputs, and changes none
 */
export function record(
  inputs: readonly tf.Tensor[],
  compute: () => tf.Tensor[],
): { results: tf.Tensor[]; recording: Recording | undefined } {
  const backend = native();
  const writer = new GraphWriter(backend.binding);
  const names = backend.getInputTensorIds([...inputs]).map((id, i) => writer.input(id, inputs[i]!));
  const holder = backend as { binding: Binding };
  const { binding } = holder;
  try {
    holder.binding = writer.listen();
    const results = compute();
    const outputs = backend.getInputTensorIds(results).map((id) => writer.nameOf(id));
    const model = writer.model();
    const { constants, kept } = writer;
    return { results, recording: model === undefined ? undefined : { model, inputs: names, outputs, constants, kept } };
  } finally {
    holder.binding = binding;
  }
}

/** True when two computations ran the same ops with the same constants. */
export function isSameRecording(one: Recording, other: Recording): boolean {
  return (
    Buffer.compare(one.model, other.model) === 0 &&
    isDeepStrictEqual([one.inputs, one.outputs, one.constants], [other.inputs, other.outputs, other.constants])
  );
}

/** A recorded computation as one graph of TensorFlow's. */
export class NativeGraph {
  private readonly id: number;
  private readonly constants: readonly number[];
  private readonly inputs: string;
  private readonly outputs: string;
  private readonly results: number;

  constructor(recording: Recording) {
    const folder = mkdtempSync(join(tmpdir(), 'mnist-edge-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), recording.model);
      this.id = native().binding.loadSavedModel(folder, TAG);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const { binding } = native();
    this.constants = recording.constants.map(({ shape, data }) => binding.createTensor(shape, binding.TF_FLOAT, data));
    this.inputs = [...recording.inputs, ...recording.constants.map(({ name }) => name)].join();
    this.results = recording.outputs.length;
    this.outputs = [...recording.outputs, ...recording.kept].join();
  }

  /** @param inputs of the shapes and in the order of those that it was recorded with */
  run(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const backend = native();
    const ids = [...backend.getInputTensorIds([...inputs]), ...this.constants];
    const outputs = backend.binding.runSavedModel(this.id, ids, this.inputs, this.outputs);
    for (const { id } of outputs.slice(this.results)) backend.binding.deleteTensor(id);
    return outputs.slice(0, this.results).map((output) => backend.createOutputTensor(output));
  }

  dispose(): void {
    const { binding } = native();
    binding.deleteSavedModel(this.id);
    for (const constant of this.constants) binding.deleteTensor(constant);
  }
}

/** Listens to the ops that run and writes each as a node (tensorflow/core/framework/graph.proto). */
class GraphWriter {
  private readonly binding: Binding;
  private readonly nodes: Uint8Array[] = [];
  readonly constants: Constant[] = [];
  readonly kept: string[] = [];
  /** Names of outputs that are sums. */
  private readonly sums = new Set<string>();
  /** The output of a node that each tensor is. */
  private readonly names = new Map<number, string>();
  private complete = true;

  constructor(binding: Binding) {
    this.binding = binding;
  }

  /** The binding, with an ear to what it does. */
  listen(): Binding {
    const { binding } = this;
    const heard: Partial<Binding> = {
      createTensor: (shape: number[], type: number, data: ArrayBufferView) => {
        const id = binding.createTensor(shape, type, data);
        this.constant(id, shape, type, data);
        return id;
      },
      executeOp: (op: string, attributes: OpAttribute[], inputs: number[], outputs: number) => {
        const made = binding.executeOp(op, attributes, inputs, outputs);
        this.op(op, attributes, inputs, made);
        return made;
      },
      tensorDataSync: (id: number) => {
        this.complete = false;
        return binding.tensorDataSync(id);
      },
    };
    // What the binding has is read-only, so that it cannot simply be assigned.
    return Object.create(binding, Object.getOwnPropertyDescriptors(heard)) as Binding;
  }

  /** Gives a tensor a place in the graph for others to take. */
  input(id: number, { shape, dtype }: tf.Tensor): string {
    return this.placeholder(id, shape, dtype === 'float32' ? this.binding.TF_FLOAT : this.binding.TF_INT32);
  }

  nameOf(id: number): string {
    const name = this.names.get(id);
    if (name === undefined) this.complete = false;
    return name ?? '';
  }

  /** Nothing when not all that was computed is in the graph. */
  model(): Uint8Array | undefined {
    if (!this.complete) return undefined;
    const graph = concat(...this.nodes.map((node) => bytes(1, node)), bytes(4, varint(1, PRODUCER)));
    return concat(varint(1, 1), bytes(2, concat(bytes(1, bytes(4, TAG)), bytes(2, graph))));
  }

  private op(op: string, attributes: readonly OpAttribute[], inputs: readonly number[], made: readonly NativeOutput[]) {
    // What has no result is run for what it does, which a graph would leave out.
    if (made.length === 0) this.complete = false;
    const from = inputs.map((id) => this.nameOf(id));
    const node = this.node(
      op,
      from,
      attributes.map((each) => attributeField(each.name, this.encode(each))),
    );
    made.forEach(({ id }, i) => {
      this.names.set(id, `${node}:${i}`);
    });
    if (!SUMS.has(op)) return;
    this.kept.push(...from.filter((name) => this.sums.has(name)));
    this.sums.add(`${node}:0`);
  }

  private placeholder(id: number, shape: readonly number[], type: number): string {
    return this.source(id, 'Placeholder', [
      attributeField('dtype', varint(6, type)),
      attributeField('shape', bytes(7, shapeMessage(shape))),
    ]);
  }

  private constant(id: number, shape: number[], type: number, data: ArrayBufferView): void {
    if (data instanceof Float32Array) {
      this.constants.push({ name: this.placeholder(id, shape, type), shape, data: data.slice() });
      return;
    }
    // Shapes, axes and the like, by which TensorFlow plans.
    const content = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const value = concat(varint(1, type), bytes(2, shapeMessage(shape)), bytes(4, content));
    this.source(id, 'Const', [attributeField('dtype', varint(6, type)), attributeField('value', bytes(8, value))]);
  }

  private source(id: number, op: string, attributes: readonly Uint8Array[]): string {
    const name = `${this.node(op, [], attributes)}:0`;
    this.names.set(id, name);
    return name;
  }

  private node(op: string, inputs: readonly string[], attributes: readonly Uint8Array[]): string {
    const name = `n${this.nodes.length}`;
    this.nodes.push(concat(bytes(1, name), bytes(2, op), ...inputs.map((input) => bytes(3, input)), ...attributes));
    return name;
  }

  /** tensorflow/core/framework/attr_value.proto */
  private encode({ type, value }: OpAttribute): Uint8Array {
    const { binding } = this;
    if (type === binding.TF_ATTR_SHAPE) return bytes(7, shapeMessage(value as readonly number[]));
    const one = (each: number | string | boolean): Uint8Array => {
      if (type === binding.TF_ATTR_STRING) return bytes(2, each as string);
      if (type === binding.TF_ATTR_FLOAT) return float(4, each as number);
      return varint(type === binding.TF_ATTR_INT ? 3 : type === binding.TF_ATTR_BOOL ? 5 : 6, Number(each));
    };
    return Array.isArray(value) ? bytes(1, concat(...value.map(one))) : one(value as number | string | boolean);
  }
}

/** An entry of a node's map of attributes. */
function attributeField(name: string, value: Uint8Array): Uint8Array {
  return bytes(5, concat(bytes(1, name), bytes(2, value)));
}

/** tensorflow/core/framework/tensor_shape.proto */
function shapeMessage(shape: readonly number[]): Uint8Array {
  return concat(...shape.map((size) => bytes(2, varint(1, size))));
}
