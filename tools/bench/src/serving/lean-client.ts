import { STATUS_CODES } from 'node:http';
import { type LeanConnection, openLean } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';

/** What one server did for this client. */
export interface LeanResult {
  readonly requests: number;
  readonly seconds: number;
  /** Microseconds of each request, from its first byte out to the answer's last byte in. */
  readonly micros: readonly number[];
}

export interface LeanOptions {
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends the same bytes again and again over a number of connections, each waiting for its answer. A socket and nothing
 * else, so that what is measured is the server and not an HTTP client of tens of microseconds.
 * @param request a whole HTTP/1.1 request
 * @throws {Problem} when an answer is not 200
 */
export async function leanLoad(
  url: string,
  request: Buffer,
  { connections, seconds }: LeanOptions,
): Promise<LeanResult> {
  const micros: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  const all: LeanConnection[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      let going = connections;
      const onAnswer = (status: number, ms: number, connection: LeanConnection) => {
        if (status !== 200) {
          reject(new Problem(`${url} answered ${status === 0 ? 'nothing' : `${status} ${STATUS_CODES[status]}`}.`));
          return;
        }
        micros.push(ms * 1000);
        if (performance.now() < end) connection.send();
        else if (--going === 0) resolve();
      };
      for (let k = 0; k < connections; k++) {
        const connection = openLean({ url, request, onAnswer });
        all.push(connection);
        connection.send();
      }
    });
    return { requests: micros.length, seconds: (performance.now() - started) / 1000, micros };
  } finally {
    for (const connection of all) connection.close();
  }
}

/** A whole HTTP/1.1 request. */
export function post(path: string, headers: Readonly<Record<string, string | number>>, body: Buffer): Buffer {
  const lines = Object.entries({ Host: 'bench', ...headers, 'Content-Length': body.length });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n`), body]);
}
