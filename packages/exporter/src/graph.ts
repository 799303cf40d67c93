/** An attribute of a TensorFlow node, as GraphDef's JSON form writes it. */
export type Attribute =
  | { readonly type: 'DT_FLOAT' | 'DT_INT32' }
  | { readonly s: string }
  | { readonly b: boolean }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly shape: { readonly dim: readonly { readonly size: string }[] } };

export type Attributes = Readonly<Record<string, Attribute>>;

/** A node of a TensorFlow graph; its one output has its name. */
export interface Node {
  readonly name: string;
  readonly op: string;
  /** Names of nodes and constants. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
  /** Of the output; the batch axis is −1. */
  readonly shape: readonly number[];
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

export function ints(values: readonly number[]): Attribute {
  return { list: { i: values.map(String) } };
}

export function dims(shape: readonly number[]): Attribute {
  return { shape: { dim: shape.map((size) => ({ size: String(size) })) } };
}
