import { skipSpace } from './plain-numbers.ts';

/** A JSON body, taken apart. */
export interface PlainBody {
  /** All but the tensor's numbers, with `MARK` in their place. */
  readonly envelope: string;
  /** Where the numbers are: the first byte behind `[`, and the first `]` from there. */
  readonly from: number;
  readonly to: number;
}

/** What stands for the data in an envelope; whatever is put before or behind it makes it something else. */
export const MARK = null;
/** Bytes of an envelope; names, a shape and an id are some hundred. */
export const MOST_BYTES = 2048;

const KEY = Buffer.from('"data"');
const [COLON, OPEN, CLOSE] = [0x3a, 0x5b, 0x5d];

/**
 * Takes a body apart at its one key `data`, where that is plain to see: the key is there once, nothing is escaped that
 * could hide another, and what surrounds it is short.
 * @returns null for any other body, right or wrong
 */
export function splitPlainBody(bytes: Buffer): PlainBody | null {
  const key = bytes.indexOf(KEY);
  if (key < 0 || key > MOST_BYTES) return null;
  const colon = skipSpace(bytes, key + KEY.length);
  const open = skipSpace(bytes, colon + 1);
  if (bytes[colon] !== COLON || bytes[open] !== OPEN) return null;
  const to = bytes.indexOf(CLOSE, open);
  if (to < 0 || open + bytes.length - to > MOST_BYTES) return null;
  const tail = bytes.toString('utf8', to + 1);
  const envelope = `${bytes.toString('utf8', 0, open)}${MARK}${tail}`;
  return envelope.includes('\\') || tail.includes('"data"') ? null : { envelope, from: open + 1, to };
}
