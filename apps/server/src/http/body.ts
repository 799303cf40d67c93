import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { Refusal } from './refusal.ts';
import type { Shelf } from './shelf.ts';

/** Memory taken for a body before more of it has come: a length that is only promised must not cost any. */
const FIRST = 2 ** 20;
/** A float32 must lie at a multiple of this for an array to be laid over it without a copy. */
const ALIGNMENT = 4;

const decoders = {
  gzip: promisify(gunzip),
  // The same by another name: RFC 9110, 8.4.1.3.
  'x-gzip': promisify(gunzip),
  deflate: (bytes: Buffer, options: { maxOutputLength: number }) =>
    // By RFC 9110 it is the zlib format; some clients send the bare stream.
    hasZlibHeader(bytes) ? promisify(inflate)(bytes, options) : promisify(inflateRaw)(bytes, options),
  br: promisify(brotliDecompress),
};

/** Reads a body that was not read yet; see `readBody`. */
export type Body = (limit: number, lead: number, shelf: Shelf | null) => Promise<Buffer>;

/**
 * Reads a request's body, and unpacks it where it is compressed (gzip, deflate, br).
 * @param limit the most bytes, before and after unpacking
 * @param lead bytes before a tensor in the body: where it can be had for nothing, the tensor comes to lie aligned
 * @param shelf where memory for a large body may be taken from
 * @throws {Refusal} 413 above the limit, 415 for an unknown compression, 400 for a damaged one or a body cut short
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  lead = 0,
  shelf: Shelf | null = null,
): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return receive(request, limit, lead, shelf);
  return unpack(request, encoding, limit);
}

async function unpack(request: IncomingMessage, encoding: string, limit: number): Promise<Buffer> {
  if (!Object.hasOwn(decoders, encoding)) {
    throw new Refusal(
      415,
      `The body has an unsupported content encoding ${JSON.stringify(encoding)}; send it plain or as ${Object.keys(decoders).join(', ')}.`,
      { 'Accept-Encoding': Object.keys(decoders).join(', ') },
    );
  }
  const packed = await receive(request, limit, 0, null);
  try {
    return await decoders[encoding as keyof typeof decoders](packed, { maxOutputLength: limit });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new Refusal(400, `The body is not valid ${encoding}: ${message}.`);
  }
}

function receive(request: IncomingMessage, limit: number, lead: number, shelf: Shelf | null): Promise<Buffer> {
  const promised = Number(request.headers['content-length'] ?? Number.NaN);
  if (promised > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const pieces = gather(promised, lead, shelf);
    let length = 0;
    let ended = false;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        request.removeAllListeners('data').resume();
        reject(tooLarge(limit));
        return;
      }
      pieces.add(chunk);
    });
    request.on('end', () => {
      ended = true;
      resolve(pieces.whole());
    });
    // It is closed after its end too. A request that fails is closed as well; it throws nothing where nobody listens.
    request.on('close', () => {
      if (!ended) reject(new Refusal(400, 'The body ended before it was whole.'));
    });
  });
}

/** Puts the pieces of a body together. @param promised how many bytes it has; NaN where that is not known */
export function gather(promised: number, lead: number, shelf: Shelf | null) {
  const skew = (ALIGNMENT - (lead % ALIGNMENT)) % ALIGNMENT;
  let whole: Buffer | null = null;
  let length = 0;
  return {
    add: (piece: Buffer): void => {
      // The common small request: one piece is all of it.
      if (whole === null && piece.length === promised) {
        whole = piece;
        length = promised;
        return;
      }
      whole = withRoom(whole, length, length + piece.length, promised, skew, shelf);
      whole.set(piece, length);
      length += piece.length;
    },
    whole: (): Buffer => (whole === null ? Buffer.alloc(0) : whole.subarray(0, length)),
  };
}

/** A buffer with room for `needed` bytes that holds the first `length` bytes of the given one. */
function withRoom(
  old: Buffer | null,
  length: number,
  needed: number,
  promised: number,
  skew: number,
  shelf: Shelf | null,
): Buffer {
  if (old !== null && old.length >= needed) return old;
  const wanted = Math.max(needed, old === null ? FIRST : 2 * old.length);
  const size = Number.isNaN(promised) ? wanted : Math.min(wanted, promised);
  const memory = shelf === null ? new ArrayBuffer(size + skew) : shelf.take(size + skew);
  const grown = Buffer.from(memory, skew, size);
  if (old !== null) grown.set(old.subarray(0, length));
  return grown;
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `The body is too large: this server takes at most ${limit} bytes here.`);
}

/** RFC 1950: the method 8, and a check that makes the first two bytes a multiple of 31. */
function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}
