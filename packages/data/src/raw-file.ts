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
export async function unpack(
  bytes: Uint8Array,
  file: RawFile,
  siblings: readonly RawFile[],
  from: string,
): Promise<Uint8Array> {
  if (bytes.length === 0) throw new Unusable(`${from} is empty: expected ${file.bytes} bytes, gzipped or not.`);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    // A file with some bytes too many and a swapped one are told from a hostile one, which unpacks without end.
    const most = Math.max(...siblings.map((sibling) => sibling.bytes)) + 1024;
    return await promisify(gunzip)(bytes, { maxOutputLength: most });
  } catch (error) {
    throw new Unusable(`${from} ${gzipFault(error, bytes, file)}`, { cause: error });
  }
}

/**
 * Checks that unpacked bytes are the published file.
 * @param siblings the dataset's files, to tell when files were swapped
 * @param parse reads the bytes, to say what is wrong with them where the hash only says that something is
 * @throws {Unusable} when they are not
 */
export function verify<Parsed>(
  bytes: Uint8Array,
  file: RawFile,
  siblings: readonly RawFile[],
  parse: (bytes: Uint8Array, from: string) => Parsed,
  from: string,
): Parsed {
  const found = sha256(bytes);
  const published = found === file.sha256;
  try {
    const parsed = parse(bytes, from);
    if (published) return parsed;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Unusable(`${error.message}${published ? '' : ` ${mismatch(bytes, found, file, siblings)}`}`, {
      cause: error,
    });
  }
  throw new Unusable(`${from} is not the published file. ${mismatch(bytes, found, file, siblings)}`);
}

function mismatch(bytes: Uint8Array, found: string, file: RawFile, siblings: readonly RawFile[]): string {
  const twin = siblings.find((sibling) => sibling.sha256 === found);
  return (
    `Expected ${file.name}: ${file.bytes} bytes with SHA-256 ${file.sha256}; found ${bytes.length} bytes with ${found}` +
    `${twin === undefined ? '' : `, which is ${twin.name}: the files are swapped`}.`
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
