/** An attribute of a TensorFlow node, as GraphDef's JSON form writes it. */
export type Attribute =
  | { readonly type: 'DT_FLOAT' | 'DT_INT32' }
  | { readonly s: string }
  | { readonly b: boolean }
  | { readonly i: string }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly shape: { readonly dim: readonly { readonly size: string }[] } };

export type Attributes = Readonly<Record<string, Attribute>>;

/** A node of a TensorFlow graph; its first output has its name, the second is `name:1` and so on. */
export interface Node {
  readonly name: string;
  readonly op: string;
  /** Names of nodes and constants. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
  /** Of the first output; the batch axis is −1. */
  readonly shape: readonly number[];
  /** Of the outputs after the first, where there are such. */
  readonly others?: readonly (readonly number[])[];
}

/** The name of a node's output. */
export function outputName(node: string, index: number): string {
  return index === 0 ? node : `${node}:${index}`;
}

/** The name of the node that an output is of. */
export function nodeName(output: string): string {
  return output.replace(/:\d+$/, '');
}

export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A TensorFlow graph of one input and any number of outputs; nodes come after what they read. */
export interface Graph {
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly nodes: readonly Node[];
  readonly weights: ReadonlyMap<string, Weight>;
  readonly outputs: readonly string[];
}

export const float: Attribute = { type: 'DT_FLOAT' };
export const int32: Attribute = { type: 'DT_INT32' };

/** GraphDef's JSON form has bytes in base64. */
export function text(value: string): Attribute {
  return { s: Buffer.from(value).toString('base64') };
}

export function flag(value: boolean): Attribute {
  return { b: value };
}

export function int(value: number): Attribute {
  return { i: String(value) };
}

export function ints(values: readonly number[]): Attribute {
  return { list: { i: values.map(String) } };
}

export function dims(shape: readonly number[]): Attribute {
  return { shape: { dim: shape.map((size) => ({ size: String(size) })) } };
}
