import { PIXELS, Problem, SIDE } from '@mnist-edge/recognizer';

/** An IDX file of bytes: the format of MNIST (http://yann.lecun.com/exdb/mnist/, "the IDX file format"). */
export interface Idx {
  /** Sizes of the dimensions, the slowest first: count, rows, columns. */
  readonly dimensions: readonly number[];
  /** As many bytes as the dimensions multiply to. */
  readonly data: Uint8Array;
}

/** IDX type code of unsigned bytes. */
const UNSIGNED_BYTE = 8;

const kinds: Record<number, string> = { 1: 'a label file', 3: 'an image file' };

/**
 * Reads an IDX file of unsigned bytes; `data` shares the memory of `bytes`.
 * @param from what to call the file in messages
 * @throws {Problem} when the magic number or the length is wrong
 */
export function parseIdx(bytes: Uint8Array, from: string): Idx {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 0) throw new Problem(`${from} is empty: expected an IDX file.`);
  if (bytes.length < 4) throw new Problem(`${from} is no IDX file: it ends after ${bytes.length} of 4 header bytes.`);
  const magic = view.getUint32(0);
  const rank = magic & 0xff;
  if (magic >>> 8 !== UNSIGNED_BYTE || rank === 0) {
    throw new Problem(
      `${from} is no IDX file of bytes: expected a magic number such as ${hex(3)} (images) or ${hex(1)} (labels), ` +
        `found 0x${magic.toString(16).padStart(8, '0')}${readable(bytes)}.`,
    );
  }
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new Problem(`${from} is cut short: it ends after ${bytes.length} of ${header} header bytes.`);
  }
  const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = header + dimensions.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    const fault = bytes.length < expected ? 'is cut short' : 'has bytes after its end';
    throw new Problem(
      `${from} ${fault}: its header says ${dimensions.join(' × ')}, so ${expected} bytes were expected, and it has ` +
        `${bytes.length}.`,
    );
  }
  return { dimensions, data: bytes.subarray(header) };
}

/**
 * Reads an IDX file of 28 × 28 images.
 * @returns `count` × 784 bytes, ink bright, row-major
 * @throws {Problem} when it is no such file
 */
export function parseImages(bytes: Uint8Array, from: string): Uint8Array {
  const { dimensions, data } = parseIdx(bytes, from);
  expectRank(dimensions, 3, from);
  const [, rows, columns] = dimensions;
  if (rows !== SIDE || columns !== SIDE) {
    throw new Problem(`${from}: expected images of ${SIDE} × ${SIDE} pixels, found ${rows} × ${columns}.`);
  }
  return data;
}

/**
 * Reads an IDX file of labels.
 * @param classes how many classes there are: labels go from 0 to classes − 1
 * @throws {Problem} when it is no such file, or a label is too high
 */
export function parseLabels(bytes: Uint8Array, classes: number, from: string): Uint8Array {
  const { dimensions, data } = parseIdx(bytes, from);
  expectRank(dimensions, 1, from);
  const stray = data.findIndex((label) => label >= classes);
  if (stray >= 0) {
    throw new Problem(`${from}: expected labels from 0 to ${classes - 1}, found ${data[stray]} at index ${stray}.`);
  }
  return data;
}

/** How many images these pixels are. */
export function countImages(images: Uint8Array): number {
  return images.length / PIXELS;
}

function expectRank(dimensions: readonly number[], rank: number, from: string): void {
  const found = dimensions.length;
  if (found === rank) return;
  throw new Problem(
    `${from}: expected ${kinds[rank]} (magic number ${hex(rank)}), found ` +
      `${kinds[found] ?? `${found} dimensions`} (${hex(found)}).`,
  );
}

function hex(rank: number): string {
  return `0x${((UNSIGNED_BYTE << 8) | rank).toString(16).padStart(8, '0')}`;
}

/** The first bytes as text where they are text: an HTML page in place of a file tells what happened. */
function readable(bytes: Uint8Array): string {
  const start = bytes.subarray(0, 16);
  if (!start.every((byte) => byte >= 0x20 && byte < 0x7f)) return '';
  return `, the text "${String.fromCharCode(...start)}"`;
}
