import { connect, type Socket } from 'node:net';

/**
 * A keep-alive connection that sends the same request again and again, at as little cost to the sender as can be: no HTTP
 * client, no promise, no memory for what comes in. A load that is late tells of itself and not of the server.
 */
export interface LeanConnection {
  /** Sends the request, over a new connection where the old one is gone; the last one must have been answered. */
  send(): void;
  close(): void;
}

export interface LeanOptions {
  readonly url: string;
  /** A whole HTTP/1.1 request. */
  readonly request: Uint8Array;
  /**
   * Called when an answer is whole.
   * @param status 0 where the connection ended before
   * @param ms from before the request's first byte went out to the answer's last byte
   */
  readonly onAnswer: (status: number, ms: number, connection: LeanConnection) => void;
}

/** One for all of a process: who reads is done with it before the next one reads. */
const inbox = Buffer.alloc(65_536);

/** Answers have a Content-Length, and their heads come in one piece, as from any server on the same machine. */
export function openLean({ url, request, onAnswer }: LeanOptions): LeanConnection {
  const { hostname, port } = new URL(url);
  let socket: Socket | null = null;
  let waits = false;
  let sent = 0;
  let status = 0;
  let last = false;
  /** Bytes of the answer that are still to come; 0 before its head. */
  let missing = 0;

  const connection: LeanConnection = {
    send: () => {
      waits = true;
      missing = 0;
      sent = performance.now();
      socket ??= dial();
      socket.write(request);
    },
    close: drop,
  };
  return connection;

  function dial(): Socket {
    const onread = { buffer: inbox, callback: (length: number) => receive(length) };
    const fresh = connect({ port: Number(port), host: hostname, noDelay: true, onread });
    fresh.on('error', () => undefined);
    fresh.on('close', () => {
      if (socket === fresh) drop();
    });
    return fresh;
  }

  function receive(length: number): boolean {
    if (!waits) return true;
    if (missing === 0) {
      const head = inbox.subarray(0, length).indexOf('\r\n\r\n');
      const text = inbox.toString('latin1', 0, Math.max(0, head));
      status = Number(text.slice(9, 12));
      last = text.includes('\r\nConnection: close');
      missing = head + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1]);
    }
    missing -= length;
    if (Number.isNaN(missing)) drop();
    else if (missing <= 0) {
      if (last) forget();
      settle(status);
    }
    return true;
  }

  function drop(): void {
    forget();
    settle(0);
  }

  function forget(): void {
    const old = socket;
    socket = null;
    old?.destroy();
  }

  function settle(status: number): void {
    if (!waits) return;
    waits = false;
    onAnswer(status, performance.now() - sent, connection);
  }
}
