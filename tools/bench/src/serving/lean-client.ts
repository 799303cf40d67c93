import { once } from 'node:events';
import { connect } from 'node:net';
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
  const { hostname, port } = new URL(url);
  const micros: number[] = [];
  // One for all: who reads is done with it before the next one reads.
  const inbox = Buffer.alloc(65_536);
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, one));
  return { requests: micros.length, seconds: (performance.now() - started) / 1000, micros };

  async function one(): Promise<void> {
    const onread = { buffer: inbox, callback: (length: number) => receive(inbox.subarray(0, length)) };
    const socket = connect({ port: Number(port), host: hostname, noDelay: true, onread });
    await once(socket, 'connect');
    let sent = 0;
    let missing = 0;
    let failure: Problem | null = null;
    const send = () => {
      sent = performance.now();
      missing = 0;
      socket.write(request);
    };
    const receive = (bytes: Buffer): boolean => {
      missing = missing === 0 ? lengthOf(bytes) - bytes.length : missing - bytes.length;
      if (Number.isNaN(missing)) {
        failure = new Problem(`${url} answered: ${bytes.toString('latin1').slice(0, 500)}`);
        socket.destroy();
      } else if (missing <= 0) {
        const now = performance.now();
        micros.push((now - sent) * 1000);
        if (now < end) send();
        else socket.end();
      }
      return true;
    };
    socket.on('error', (error) => {
      failure ??= new Problem(`${url}: ${error.message}`);
    });
    send();
    await once(socket, 'close');
    if (failure !== null) throw failure;
  }
}

/** Bytes of a whole answer by its head, which comes in one piece; NaN where it is not a success. */
function lengthOf(bytes: Buffer): number {
  const head = bytes.indexOf('\r\n\r\n');
  const text = bytes.toString('latin1', 0, head);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text);
  return text.startsWith('HTTP/1.1 200') && length !== null ? head + 4 + Number(length[1]) : Number.NaN;
}

/** A whole HTTP/1.1 request. */
export function post(path: string, headers: Readonly<Record<string, string | number>>, body: Buffer): Buffer {
  const lines = Object.entries({ Host: 'bench', ...headers, 'Content-Length': body.length });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n`), body]);
}
