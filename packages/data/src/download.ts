import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeSystemError, type startProgress } from '@mnist-edge/command';
import { Absent, Unusable } from './raw-file.ts';

export interface DownloadSettings {
  /** Milliseconds without a single byte after which the connection is given up. */
  readonly patience: number;
  /** Milliseconds to wait before each further try; as many tries as there are pauses, and one. */
  readonly pauses: readonly number[];
  readonly startProgress: typeof startProgress;
}

/** A server that fails in passing; a further try may succeed. */
class Passing extends Unusable {}

/**
 * Downloads a file. What arrived of it stays in `<target>.part` when the connection breaks, and the next try, in this
 * run or a later one, goes on from there if the server confirms that the file is still the same.
 * @param most bytes after which the file cannot be the one wanted
 * @throws {Unusable} when this URL does not give the file
 * @throws {Problem} when the disk is full or the like
 */
export async function download(url: string, target: string, most: number, settings: DownloadSettings): Promise<void> {
  for (const wait of [...settings.pauses, null]) {
    try {
      return await attempt(url, target, most, settings);
    } catch (error) {
      if (!(error instanceof Passing) || wait === null) throw describeSystemError(error, `writing ${target}`);
      await pause(wait);
    }
  }
}

async function attempt(url: string, target: string, most: number, settings: DownloadSettings): Promise<void> {
  const part = `${target}.part`;
  const tagFile = `${target}.tag`;
  await mkdir(dirname(target), { recursive: true });
  const held = await heldPart(part, tagFile);
  const connection = new AbortController();
  const timer = setTimeout(() => connection.abort(), settings.patience);
  const network = <T>(promise: Promise<T>) =>
    promise.catch((error: unknown) => {
      throw networkFault(error, url, settings.patience);
    });
  try {
    const response = await network(
      fetch(url, {
        signal: connection.signal,
        // A server that compressed on the fly would count the range in other bytes than those kept here.
        headers: {
          'accept-encoding': 'identity',
          ...(held === null ? {} : { range: `bytes=${held.bytes}-`, 'if-range': held.tag }),
        },
      }),
    );
    const start = await startOf(response, url, held, part);
    const length = bodyLength(response);
    const total = length === null ? most : start + length;
    if (total > most) throw new Unusable(`${url}: expected at most ${most} bytes, the server announces ${total}.`);
    const progress = settings.startProgress(`fetch ${basename(new URL(url).pathname)}`, total);
    const file = await open(part, start === 0 ? 'w' : 'a');
    let received = start;
    try {
      // Only now that the old bytes are gone: a tag must never vouch for bytes it did not come with.
      if (start === 0) await keepTag(tagFile, response);
      const reader = response.body!.getReader();
      for (;;) {
        const { done, value } = await network(reader.read());
        if (done) break;
        timer.refresh();
        await file.writeFile(value);
        received += value.length;
        if (received > most) {
          throw new Unusable(`${url}: expected at most ${most} bytes, and the server goes on sending.`);
        }
        progress.update(received, megabytes(received));
      }
    } finally {
      progress.stop();
      await file.close();
    }
    if (length !== null && received !== total) {
      throw new Passing(`${url}: the connection was cut: ${received} of ${total} bytes arrived.`);
    }
    await rename(part, target);
    await rm(tagFile, { force: true });
  } finally {
    clearTimeout(timer);
    connection.abort();
  }
}

interface Held {
  readonly bytes: number;
  /** The validator the server gave for these bytes. */
  readonly tag: string;
}

async function heldPart(part: string, tagFile: string): Promise<Held | null> {
  const bytes = await stat(part).then((stats) => stats.size, absent(0));
  const tag = await readFile(tagFile, 'utf8').catch(absent(''));
  return bytes > 0 && tag !== '' ? { bytes, tag } : null;
}

/** Where in the file the response's body begins: after what is held, or at 0. */
async function startOf(response: Response, url: string, held: Held | null, part: string): Promise<number> {
  const { status, statusText } = response;
  if (status === 206 && held !== null && response.headers.get('content-range')?.startsWith(`bytes ${held.bytes}-`)) {
    return held.bytes;
  }
  if (status === 200) return 0;
  if (status === 206 || status === 416) {
    await rm(part, { force: true });
    throw new Passing(`${url}: the server cannot go on with an interrupted download (HTTP ${status}).`);
  }
  const answered = `HTTP ${status} ${statusText}`.trimEnd();
  // Object stores answer 403 for what they do not have.
  if (status === 403 || status === 404 || status === 410) throw new Absent(answered);
  const fault = `${url}: the server answered ${answered}.`;
  throw status >= 500 || status === 408 || status === 429 ? new Passing(fault) : new Unusable(fault);
}

/** Bytes still to come, or null where the server does not say or will say it of compressed bytes. */
function bodyLength({ headers }: Response): number | null {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? null : Number(length);
}

/** RFC 9110, 13.1.5: only a strong validator may vouch for a part of a file. */
async function keepTag(tagFile: string, { headers }: Response): Promise<void> {
  const etag = headers.get('etag');
  if (etag?.startsWith('"') && !headers.has('content-encoding')) await writeFile(tagFile, etag);
  else await rm(tagFile, { force: true });
}

/** Faults that will be the same in a few seconds. */
const lasting: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'there is no such host, or no network',
  EAI_AGAIN: 'the name server does not answer: is there a network?',
};

function networkFault(error: unknown, url: string, patience: number): Unusable {
  if (error instanceof Error && error.name === 'AbortError') {
    return new Passing(`${url}: nothing arrived for ${patience / 1000} s.`, { cause: error });
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (Object.hasOwn(lasting, code)) return new Unusable(`${url}: ${lasting[code]} (${code}).`, { cause: error });
  const words = cause instanceof Error ? cause.message : String(cause);
  return new Passing(`${url}: the connection was cut (${[code, words].filter(Boolean).join(': ')}).`, { cause: error });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function absent<T>(fallback: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code !== 'ENOENT') throw error;
    return fallback;
  };
}
