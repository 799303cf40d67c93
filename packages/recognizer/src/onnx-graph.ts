import { Problem } from './problem.ts';

/*
 * An ONNX file is a protocol buffer. As little of one is read and written here as it takes to ask a model for what it
 * computes on its way to the answer: the graph's nodes are read, and further outputs are declared. The weights and the
 * numbers that the model computes stay what they are.
 */

/** A step of the graph: what it does, and the names of the tensors that it takes and makes. */
export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_OUTPUT = 12;
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const NODE_OP = 4;

/** Wire types: a number of varying length, 8 bytes, bytes with their length before them, 4 bytes. */
const VARINT = 0;
const EIGHT = 1;
const BYTES = 2;
const FOUR = 5;

interface Field {
  readonly number: number;
  /** Where the field begins, with its tag. */
  readonly start: number;
  /** Where what it holds begins, and where that ends. */
  readonly from: number;
  readonly to: number;
}

const text = new TextDecoder();

/** The graph's nodes in the order that they run in. @throws {Problem} when this is no ONNX model */
export function graphNodes(model: Uint8Array): GraphNode[] {
  const graph = findGraph(model);
  return fields(model, graph.from, graph.to)
    .filter(({ number }) => number === GRAPH_NODE)
    .map((node) => {
      const parts = fields(model, node.from, node.to);
      const named = (wanted: number) =>
        parts.filter(({ number }) => number === wanted).map(({ from, to }) => text.decode(model.subarray(from, to)));
      return { op: named(NODE_OP)[0] ?? '', inputs: named(NODE_INPUT), outputs: named(NODE_OUTPUT) };
    });
}

/**
 * The same model with more of its float32 tensors declared as outputs.
 * @param names tensors that nodes of the graph make, or its weights
 */
export function withOutputs(model: Uint8Array, names: readonly string[]): Uint8Array<ArrayBuffer> {
  const graph = findGraph(model);
  const outputs = names.flatMap((name) => message(GRAPH_OUTPUT, floatTensor(name)));
  const header = [...varint((MODEL_GRAPH << 3) | BYTES), ...varint(graph.to - graph.from + outputs.length)];
  const more = new Uint8Array(graph.start + header.length + model.length - graph.from + outputs.length);
  let at = 0;
  for (const part of [
    model.subarray(0, graph.start),
    header,
    model.subarray(graph.from, graph.to),
    outputs,
    model.subarray(graph.to),
  ]) {
    more.set(part, at);
    at += part.length;
  }
  return more;
}

function findGraph(model: Uint8Array): Field {
  const graph = fields(model, 0, model.length).find(({ number }) => number === MODEL_GRAPH);
  if (graph === undefined) throw new Problem('This is no ONNX model: it has no graph. Export it again.');
  return graph;
}

/** ValueInfoProto: a name, and the type "tensor of float32". */
function floatTensor(name: string): number[] {
  return [...message(1, [...new TextEncoder().encode(name)]), ...message(2, message(1, [1 << 3, 1]))];
}

function message(field: number, bytes: readonly number[]): number[] {
  return [...varint((field << 3) | BYTES), ...varint(bytes.length), ...bytes];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  while (left > 127) {
    bytes.push((left & 127) | 128);
    left = Math.floor(left / 128);
  }
  return [...bytes, left];
}

function fields(bytes: Uint8Array, from: number, to: number): Field[] {
  const found: Field[] = [];
  let at = from;
  const number = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || at > to)
        throw new Problem('This ONNX model breaks off in the middle. Export it again.');
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < to) {
    const start = at;
    const tag = number();
    const wire = tag & 7;
    if (wire === VARINT) {
      const begin = at;
      number();
      found.push({ number: Math.floor(tag / 8), start, from: begin, to: at });
      continue;
    }
    const length = wire === BYTES ? number() : wire === EIGHT ? 8 : wire === FOUR ? 4 : Number.NaN;
    if (!(at + length <= to)) throw new Problem('This ONNX model breaks off in the middle. Export it again.');
    found.push({ number: Math.floor(tag / 8), start, from: at, to: at + length });
    at += length;
  }
  return found;
}
