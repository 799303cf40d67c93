import { connect, type Socket } from 'node:net';

export interface Exchange {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/**
 * A keep-alive connection that sends exactly the bytes it is given, one request at a time, at little cost: the load must
 * not come from the generator. It connects anew where the server closed it.
 */
export interface Connection {
  /**
   * @param head true for a HEAD request, whose answer has no body
   * @returns null when the connection ended, or nothing came in time, before a whole answer was there
   */
  exchange(request: Uint8Array, head?: boolean): Promise<Exchange | null>;
  close(): void;
}

/** How long an answer may take, in ms. */
const PATIENCE = 60_000;

export function openConnection(url: string): Connection {
  const { hostname, port } = new URL(url);
  let socket: Socket | null = null;
  let received: Buffer = Buffer.alloc(0);
  let waiting: { readonly head: boolean; readonly settle: (answer: Exchange | null) => void } | null = null;

  const settle = (answer: Exchange | null) => {
    const current = waiting;
    waiting = null;
    current?.settle(answer);
  };
  const drop = () => {
    socket?.destroy();
    socket = null;
    received = Buffer.alloc(0);
  };

  function dial(): Socket {
    const fresh = connect(Number(port), hostname);
    fresh.setNoDelay(true).setTimeout(PATIENCE, () => fresh.destroy());
    fresh.on('error', () => undefined);
    fresh.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = waiting === null ? null : parseAnswer(received, waiting.head);
      if (answer === null) return;
      received = received.subarray(answer.length);
      if (/\bclose\b/i.test(answer.headers.get('connection') ?? '')) drop();
      settle(answer);
    });
    fresh.on('close', () => {
      if (socket !== fresh) return;
      drop();
      settle(null);
    });
    return fresh;
  }

  return {
    exchange: (request, head = false) =>
      new Promise((resolve) => {
        waiting = { head, settle: resolve };
        socket ??= dial();
        socket.write(request);
      }),
    close: () => {
      drop();
      settle(null);
    },
  };
}

/** @returns null while the answer is not whole; `length` is how many bytes it took */
export function parseAnswer(bytes: Buffer, head: boolean): (Exchange & { readonly length: number }) | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const start = end + 4;
  if (status === 100) return parseLater(bytes, start, head);
  if (head || status === 204 || status === 304) return { status, headers, body: Buffer.alloc(0), length: start };
  if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) {
    const chunks = parseChunks(bytes, start);
    return chunks === null ? null : { status, headers, ...chunks };
  }
  const length = start + Number(headers.get('content-length') ?? 0);
  return bytes.length < length ? null : { status, headers, body: bytes.subarray(start, length), length };
}

/** The answer behind an interim one. */
function parseLater(bytes: Buffer, start: number, head: boolean): ReturnType<typeof parseAnswer> {
  const answer = parseAnswer(bytes.subarray(start), head);
  return answer === null ? null : { ...answer, length: answer.length + start };
}

function parseChunks(bytes: Buffer, start: number): { readonly body: Buffer; readonly length: number } | null {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return { body: Buffer.concat(chunks), length: next };
    chunks.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}
