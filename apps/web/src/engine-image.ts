/** A copy of an engine's memory, with a session open in it; good for an engine of the very same onnxruntime only. */
export interface EngineImage {
  /** The memory's pieces, one after another; what lies between them is zero. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Where they are in the memory, in bytes, from the first to the last. */
  readonly pieces: readonly Piece[];
  /** A piece that is not among them, for a fresh engine has the same there: constants of onnxruntime's. */
  readonly constants: Piece | null;
  readonly session: number;
}

/** A part of an engine's memory: its first byte, and the first behind it. */
export type Piece = readonly [from: number, to: number];

/** Bytes of a page: pieces are made of whole ones. */
const PAGE = 4096;

/** What is in use of a memory, two thirds of which are zero. @param constants what is left out besides */
export function inUse(memory: Uint8Array, constants: Piece | null = null): Omit<EngineImage, 'session'> {
  const isOther = (from: number) => constants === null || from < constants[0] || from >= constants[1];
  const pieces = pagesWhere(memory.length, (from) => isOther(from) && isUsed(memory, from));
  return { memory: cutOut(memory, pieces), pieces, constants };
}

/**
 * The same without the constants: the longest piece that is in use, and is as it was before any function had been called.
 * @param memory an engine's
 * @param before what it was when the engine had been instantiated, and nothing more
 */
export function withoutConstants(memory: Uint8Array, before: Uint8Array): Omit<EngineImage, 'session'> {
  const isConstant = (from: number) =>
    isUsed(memory, from) && memory.subarray(from, from + PAGE).every((byte, i) => byte === before[from + i]);
  const [longest = null] = pagesWhere(memory.length, isConstant).sort((a, b) => b[1] - b[0] - (a[1] - a[0]));
  return inUse(memory, longest);
}

/** Bytes of some pieces. */
export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((bytes, [from, to]) => bytes + to - from, 0);
}

function isUsed(memory: Uint8Array, from: number): boolean {
  return new Uint32Array(memory.buffer, memory.byteOffset + from, PAGE / 4).some((word) => word !== 0);
}

/** Pages of which something is true, those that follow each other as one piece. */
function pagesWhere(bytes: number, isTrue: (from: number) => boolean): Piece[] {
  const pieces: [from: number, to: number][] = [];
  for (let from = 0; from < bytes; from += PAGE) {
    if (!isTrue(from)) continue;
    const last = pieces.at(-1);
    if (last?.[1] === from) last[1] = from + PAGE;
    else pieces.push([from, from + PAGE]);
  }
  return pieces;
}

function cutOut(memory: Uint8Array, pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const [from, to] of pieces) {
    copy.set(memory.subarray(from, to), at);
    at += to - from;
  }
  return copy;
}
