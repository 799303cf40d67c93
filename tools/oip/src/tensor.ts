import { Broken, NotApplicable } from './case.ts';

/** A tensor as a model's metadata describes it; -1 is a size that varies. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

export type Element = number | boolean | string;

/** A tensor with its elements, flat and row-major. */
export interface Tensor extends TensorSpec {
  readonly elements: readonly Element[];
}

/** Bytes of an element of each data type (inference_grpc.md, Tensor Data Types); BYTES varies. */
export const SIZES: Readonly<Record<string, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
};

export const DATATYPES = [...Object.keys(SIZES), 'BYTES', 'BF16'];

export function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * A tensor that fits the description: the first varying axis is the batch, any other is 1. Its numbers are sixteenths
 * from 0 to 1 (whole ones for the integer types), so that they are exact in every float and within most models' range.
 * @throws {NotApplicable} for 16-bit floats, which have no JSON form
 */
export function sample({ name, datatype, shape }: TensorSpec, batch = 1): Tensor {
  const first = shape.indexOf(-1);
  const sizes = shape.map((size, axis) => (size !== -1 ? size : axis === first ? batch : 1));
  return {
    name,
    datatype,
    shape: sizes,
    elements: Array.from({ length: count(sizes) }, (_, k) => element(datatype, k)),
  };
}

function element(datatype: string, k: number): Element {
  const number = (k * 37 + Math.floor(k / 97)) % 17;
  switch (datatype) {
    case 'BOOL':
      return number % 2 === 0;
    case 'BYTES':
      return `text ${k}`;
    case 'FP32':
    case 'FP64':
      return number / 16;
    case 'FP16':
    case 'BF16':
      throw new NotApplicable(`the model takes ${datatype}, which has no JSON form`);
    default:
      return number;
  }
}

/** Elements as arrays nested as the shape says. */
export function nest(elements: readonly Element[], shape: readonly number[]): unknown[] {
  if (shape.length <= 1) return [...elements];
  const rows = shape[0]!;
  const stride = elements.length / rows;
  return Array.from({ length: rows }, (_, row) =>
    nest(elements.slice(row * stride, (row + 1) * stride), shape.slice(1)),
  );
}

/** Little-endian, row-major, with no padding (extension_binary_data.md). */
export function encode(datatype: string, elements: readonly Element[]): Buffer {
  if (datatype === 'BYTES') {
    return Buffer.concat(
      elements.map((text) => {
        const bytes = Buffer.from(String(text));
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        return Buffer.concat([length, bytes]);
      }),
    );
  }
  const size = SIZES[datatype]!;
  const bytes = Buffer.alloc(elements.length * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  elements.forEach((value, k) => {
    writers[datatype]!(view, k * size, Number(value));
  });
  return bytes;
}

const writers: Readonly<Record<string, (view: DataView, at: number, value: number) => void>> = {
  FP32: (view, at, value) => view.setFloat32(at, value, true),
  FP64: (view, at, value) => view.setFloat64(at, value, true),
  INT64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  UINT64: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  INT32: (view, at, value) => view.setInt32(at, value, true),
  UINT32: (view, at, value) => view.setUint32(at, value, true),
  INT16: (view, at, value) => view.setInt16(at, value, true),
  UINT16: (view, at, value) => view.setUint16(at, value, true),
  INT8: (view, at, value) => view.setInt8(at, value),
  UINT8: (view, at, value) => view.setUint8(at, value),
  BOOL: (view, at, value) => view.setUint8(at, value),
};

/**
 * The elements of a binary tensor.
 * @throws {Broken} when its length is not that of whole elements
 */
export function decode(datatype: string, bytes: Buffer): Element[] {
  if (datatype === 'BYTES') return decodeTexts(bytes);
  const size = SIZES[datatype];
  if (size === undefined || datatype === 'FP16') throw new NotApplicable(`${datatype} is not compared by this suite`);
  if (bytes.length % size !== 0) throw new Broken(`${bytes.length} bytes are no whole number of ${datatype} elements`);
  return Array.from({ length: bytes.length / size }, (_, k) => read(bytes, datatype, k * size));
}

function read(bytes: Buffer, datatype: string, at: number): Element {
  switch (datatype) {
    case 'FP32':
      return bytes.readFloatLE(at);
    case 'FP64':
      return bytes.readDoubleLE(at);
    case 'INT64':
      return Number(bytes.readBigInt64LE(at));
    case 'UINT64':
      return Number(bytes.readBigUInt64LE(at));
    case 'INT32':
      return bytes.readInt32LE(at);
    case 'UINT32':
      return bytes.readUInt32LE(at);
    case 'INT16':
      return bytes.readInt16LE(at);
    case 'UINT16':
      return bytes.readUInt16LE(at);
    case 'INT8':
      return bytes.readInt8(at);
    case 'BOOL':
      return bytes.readUInt8(at) === 1;
    default:
      return bytes.readUInt8(at);
  }
}

function decodeTexts(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw new Broken(`the BYTES element at byte ${at} is cut short`);
    texts.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  return texts;
}
