import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Problem } from '@mnist-edge/recognizer';
import { sha256 } from './dataset.ts';
import type { RawFile } from './source.ts';

/** A raw file that could not be had from one place; another place may still have it. */
export class Unusable extends Problem {}

/** There is no such file in that place. */
export class Absent extends Unusable {}

/**
 * Unpacks the bytes of a raw file, gzipped or not.
 * @param siblings the dataset's files, this one among them
 * @param from what to call the file in messages
 * @throws {Unusable} when the gzip data is cut short or corrupt, or holds far more than the file should
 */
async function unpack(
  bytes: Uint8Array,
  file: RawFile,
  siblings: readonly RawFile[],
  from: string,
): Promise<Uint8Array> {
  if (bytes.length === 0) throw new Unusable(`${from} is empty: expected ${file.bytes} bytes, gzipped or not.`);
  if (!gzipped(bytes)) return bytes;
  try {
    // A file with some bytes too many and a swapped one are told from a hostile one, which unpacks without end.
    const most = Math.max(...siblings.map((sibling) => sibling.bytes)) + 1024;
    return await promisify(gunzip)(bytes, { maxOutputLength: most });
  } catch (error) {
    throw new Unusable(`${from} ${gzipFault(error, bytes, file)}`, { cause: error });
  }
}

/** What is known about bytes that were accepted. */
export interface Accepted<Parsed> {
  readonly parsed: Parsed;
  /** Of the decompressed bytes. */
  readonly sha256: string;
  /** False when no published hash could be compared, so that only the form was checked. */
  readonly proven: boolean;
}

/**
 * Checks that bytes are the published file: by the hash of what they unpack to where that is published, else by the
 * hash of the gzip file, else, for a file that came unpacked, by its form alone.
 * @param packed as they came, gzipped or not
 * @param siblings the dataset's files, to tell when files were swapped
 * @param parse reads the bytes, to say what is wrong with them where the hash only says that something is
 * @throws {Unusable} when they are not
 */
export async function verify<Parsed>(
  packed: Uint8Array,
  file: RawFile,
  siblings: readonly RawFile[],
  parse: (bytes: Uint8Array, from: string) => Parsed,
  from: string,
): Promise<Accepted<Parsed>> {
  const bytes = await unpack(packed, file, siblings, from);
  const found = sha256(bytes);
  const fault = mismatch(packed, bytes, found, file, siblings);
  let parsed: Parsed;
  try {
    parsed = parse(bytes, from);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Unusable(`${error.message}${fault === null ? '' : ` ${fault}`}`, { cause: error });
  }
  if (fault !== null) throw new Unusable(`${from} is not the published file. ${fault}`);
  return { parsed, sha256: found, proven: file.sha256 !== null || (file.gzip !== undefined && gzipped(packed)) };
}

function gzipped(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** In words, how the bytes differ from the published ones; null when they do not, or nothing is published. */
function mismatch(
  packed: Uint8Array,
  bytes: Uint8Array,
  found: string,
  file: RawFile,
  siblings: readonly RawFile[],
): string | null {
  if (file.sha256 !== null) {
    if (found === file.sha256) return null;
    const twin = siblings.find((sibling) => sibling.sha256 === found);
    return (
      `Expected ${file.name}: ${file.bytes} bytes with SHA-256 ${file.sha256}; found ${bytes.length} bytes with ${found}` +
      `${twin === undefined ? '' : `, which is ${twin.name}: the files are swapped`}.`
    );
  }
  if (bytes.length !== file.bytes) return `Expected ${file.name}: ${file.bytes} bytes; found ${bytes.length}.`;
  if (file.gzip === undefined || !gzipped(packed)) return null;
  const { algorithm, hex } = file.gzip;
  const hash = createHash(algorithm).update(packed).digest('hex');
  if (hash === hex) return null;
  const twin = siblings.find((sibling) => sibling.gzip?.hex === hash);
  return (
    `Expected ${file.name}.gz with ${algorithm === 'md5' ? 'MD5' : 'SHA-256'} ${hex}; found ${hash}` +
    `${twin === undefined ? '' : `, which is ${twin.name}.gz: the files are swapped`}. If it was compressed anew, ` +
    'unpack it: only its form can be checked then.'
  );
}

function gzipFault(error: unknown, bytes: Uint8Array, file: RawFile): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') {
    return `is cut short: its gzip data ends too early, after ${bytes.length} bytes; expected ${file.bytes} bytes unpacked.`;
  }
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return `is not the published file: it unpacks to far more than the ${file.bytes} bytes expected.`;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `is corrupt: its gzip data cannot be unpacked (${reason}); expected ${file.bytes} bytes unpacked.`;
}
