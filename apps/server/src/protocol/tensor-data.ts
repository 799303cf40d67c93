import { toTensor } from '@mnist-edge/recognizer';
import { Refusal } from '../http/refusal.ts';

/** What a client may send a tensor as: float32 0..1, or bytes 0..255 that the shared code scales. */
export type Datatype = 'FP32' | 'UINT8';
export const BYTES: Readonly<Record<Datatype, number>> = { FP32: 4, UINT8: 1 };

/** Where a number stands among the request's data, for messages. */
type Path = readonly number[];

/**
 * Reads a tensor's JSON data into float32 0..1, row-major.
 * One loop checks and writes each number: a batch of 100 images is 78,400 of them.
 * @param data one flat array of numbers, or arrays nested as the shape says
 * @param shape whole numbers from 1
 * @param name what to call the data in messages, such as `inputs[0].data`
 * @throws {Refusal} 400, naming the first place at fault
 */
export function readTensorData(
  data: unknown,
  shape: readonly number[],
  datatype: Datatype,
  name: string,
): Float32Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const nested = Array.isArray(data) && Array.isArray(data[0]);
  // Checked before the memory is taken, so that a shape alone cannot make the server reserve any.
  checkLength(data, nested ? shape[0]! : count, shape, name, []);
  const floats = datatype === 'FP32';
  const out = floats ? new Float32Array(count) : new Uint8Array(count);
  fill(data, nested ? shape : [count], []);
  return out instanceof Float32Array ? out : toTensor(out);

  function fill(level: unknown, axes: readonly number[], path: Path, offset = 0): void {
    const length = axes[path.length]!;
    checkLength(level, length, shape, name, path);
    if (path.length + 1 < axes.length) {
      const stride = axes.slice(path.length + 1).reduce((a, b) => a * b, 1);
      for (let i = 0; i < length; i++) fill(level[i], axes, [...path, i], offset + i * stride);
      return;
    }
    for (let i = 0; i < length; i++) {
      const value: unknown = level[i];
      if (typeof value !== 'number') {
        throw new Refusal(400, `${at(name, [...path, i])} is ${shown(value)}; a number is needed there.`);
      }
      out[offset + i] = value;
      const stored = out[offset + i]!;
      // A byte that changed when it was stored was none; a float may be rounded.
      if (floats ? !(stored >= 0 && stored <= 1) : stored !== value) {
        throw new Refusal(400, `${at(name, [...path, i])} is ${value}; ${expected(datatype)}`);
      }
    }
  }
}

/**
 * Reads a tensor's bytes (little-endian, row-major) as float32 0..1. Float32 that lie aligned are not copied.
 * @param bytes as many as the shape has numbers, times the size of one
 * @param name what to call the data in messages
 * @param room for so many numbers, where bytes are to be scaled
 * @throws {Refusal} 400, naming the first number out of range
 */
export function readTensorBytes(
  bytes: Uint8Array,
  datatype: Datatype,
  name: string,
  room: (count: number) => Float32Array<ArrayBuffer> = (count) => new Float32Array(count),
): Float32Array {
  if (datatype === 'UINT8') return toTensor(bytes, room(bytes.length));
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const numbers = new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  for (let i = firstDoubtful(numbers); i < numbers.length; i++) {
    const value = numbers[i]!;
    if (!(value >= 0 && value <= 1)) {
      throw new Refusal(400, `Number ${i} of ${name} is ${value}; ${expected(datatype)}`);
    }
  }
  return numbers;
}

/** The bits of 1: as whole numbers, those of all from 0 to 1 lie from 0 to there, those of all else below or above. */
const ONE = 0x3f800000;

/**
 * Looks at eight numbers at once: twice as fast as one after the other.
 * @returns where the first eight are of which one may not be from 0 to 1 (-0 is, all the same), or the last few numbers
 */
function firstDoubtful({ buffer, byteOffset, length }: Float32Array): number {
  const bits = new Int32Array(buffer, byteOffset, length);
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    const a = bits[i]!;
    const b = bits[i + 1]!;
    const c = bits[i + 2]!;
    const d = bits[i + 3]!;
    const e = bits[i + 4]!;
    const f = bits[i + 5]!;
    const g = bits[i + 6]!;
    const h = bits[i + 7]!;
    // Negative where one of them is, and where one is more than that of 1.
    const below = a | b | c | d | e | f | g | h;
    const above = (ONE - a) | (ONE - b) | (ONE - c) | (ONE - d) | (ONE - e) | (ONE - f) | (ONE - g) | (ONE - h);
    if ((below | above) < 0) return i;
  }
  return i;
}

function expected(datatype: Datatype): string {
  return datatype === 'FP32'
    ? "this model's input goes from 0 to 1. Divide bytes by 255, or send them as UINT8."
    : 'UINT8 is a whole number from 0 to 255.';
}

function checkLength(
  level: unknown,
  length: number,
  shape: readonly number[],
  name: string,
  path: Path,
): asserts level is unknown[] {
  if (!Array.isArray(level)) {
    throw new Refusal(400, `${at(name, path)} is ${shown(level)}; an array of ${length} is needed there.`);
  }
  if (level.length !== length) {
    throw new Refusal(
      400,
      `${at(name, path)} holds ${level.length} elements; with the shape [${shape.join(', ')}] it must hold ${length}.`,
    );
  }
}

function at(name: string, path: Path): string {
  return name + path.map((index) => `[${index}]`).join('');
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return String(value);
}
