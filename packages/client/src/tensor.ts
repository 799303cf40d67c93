/** What a tensor's elements are held in; each kind of array is one data type of the protocol. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[];

export interface Tensor {
  readonly shape: readonly number[];
  /** Flat, row-major. */
  readonly data: TensorData;
}

export interface OutputTensor extends Tensor {
  /** As the protocol names it: FP32, INT64, BYTES … */
  readonly datatype: string;
}

type NumericArray = Exclude<TensorData, readonly string[]>;

interface NumericArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): NumericArray;
  from(values: Iterable<never>): NumericArray;
}

const arrays: Readonly<Record<string, NumericArrayConstructor>> = {
  FP32: Float32Array,
  FP64: Float64Array,
  INT8: Int8Array,
  UINT8: Uint8Array,
  BOOL: Uint8Array,
  INT16: Int16Array,
  UINT16: Uint16Array,
  INT32: Int32Array,
  UINT32: Uint32Array,
  INT64: BigInt64Array,
  UINT64: BigUint64Array,
};

export function datatypeOf(data: TensorData): string {
  if (Array.isArray(data)) return 'BYTES';
  const found = Object.entries(arrays).find(([type, kind]) => type !== 'BOOL' && data instanceof (kind as never));
  // A subclass of another realm, or plain numbers: the types forbid both.
  if (found === undefined) throw new TypeError('The data of a tensor is a typed array, or an array of strings.');
  return found[0];
}

/** Little-endian bytes of a tensor, as the binary tensor data extension has them. */
export function toBytes(data: TensorData): Uint8Array<ArrayBuffer> {
  if (isTexts(data)) return textBytes(data);
  const bytes = new Uint8Array(data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  // Every platform that runs fetch is little-endian but for a few mainframes.
  return bytes;
}

/** Elements as JSON has them. 64-bit integers become numbers, exact up to 2⁵³. */
export function toJson(data: TensorData): (number | string)[] {
  return isTexts(data) ? [...data] : Array.from(data as Iterable<number | bigint>, Number);
}

/**
 * Elements of a binary output.
 * @returns null where the length is not that of whole elements, or the data type is unknown
 */
export function fromBytes(datatype: string, bytes: Uint8Array): TensorData | null {
  if (datatype === 'BYTES') return readTexts(bytes);
  const kind = arrays[datatype];
  if (kind === undefined || bytes.length % kind.BYTES_PER_ELEMENT !== 0) return null;
  // A copy begins at a multiple of any element's size; the bytes behind a JSON object may not.
  return new kind(bytes.slice().buffer);
}

/** @returns null where an element is not of the data type */
export function fromJson(datatype: string, elements: readonly unknown[]): TensorData | null {
  const flat = elements.flat(Number.POSITIVE_INFINITY as 1) as unknown[];
  if (datatype === 'BYTES') return flat.every((text) => typeof text === 'string') ? (flat as string[]) : null;
  const kind = arrays[datatype];
  if (kind === undefined || !flat.every((value) => typeof value === 'number' || typeof value === 'boolean'))
    return null;
  const numbers = flat.map(Number);
  const big = datatype === 'INT64' || datatype === 'UINT64';
  return kind.from((big ? numbers.map((value) => BigInt(Math.trunc(value))) : numbers) as never[]);
}

export function isTexts(data: TensorData): data is readonly string[] {
  return Array.isArray(data);
}

function textBytes(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const parts = texts.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(parts.reduce((total, part) => total + 4 + part.length, 0));
  let at = 0;
  for (const part of parts) {
    new DataView(bytes.buffer).setUint32(at, part.length, true);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

function readTexts(bytes: Uint8Array): string[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return null;
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) return null;
    texts.push(new TextDecoder().decode(bytes.subarray(at + 4, end)));
    at = end;
  }
  return texts;
}
