import { once } from 'node:events';
import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { Problem } from '@mnist-edge/recognizer';
import type { Express } from 'express';
import type { Settings } from '../settings.ts';
import { type Connections, follow } from './connections.ts';
import { readKnownHeads } from './known-heads.ts';
import { nativeClasses } from './native-classes.ts';
import { cutQuiet } from './quiet.ts';
import type { Readiness } from './readiness.ts';

export interface Listening {
  /** With an address that this machine can connect to, such as http://127.0.0.1:3000. */
  readonly url: string;
  /**
   * Takes no more connections, lets the requests under way finish, and cuts what is left after
   * `settings.shutdownTimeoutMs`. Further calls wait for the first.
   */
  close(): Promise<void>;
}

type Limits = Pick<Settings, 'host' | 'port' | 'tls' | 'requestTimeoutMs' | 'shutdownTimeoutMs'>;

/** Longer than the idle time of common load balancers (60 s), so that none sends into a connection closed just then. */
const KEEP_ALIVE_MS = 65_000;
/**
 * How long connections that are kept stay open once the server stops, in ms: a request may be on its way on any of them.
 * Its answer says that it was the last.
 */
const LINGER_MS = 300;
/** Connections that the kernel keeps until they are accepted; Node's 511 are too few when all clients come at once. */
const BACKLOG = 4096;
/** Request headers are one packet or two; a client that takes longer is not one. */
const HEADERS_MS = 10_000;

/** What takes requests; with the Express app that it hands some of them to, and a map of its connections to be kept. */
export type Handler =
  | RequestListener
  | (RequestListener & { readonly express: Express; readonly connections: Connections });

/**
 * Serves HTTP on `settings.host` and `settings.port`, with a time limit on every request.
 * @throws {Problem} when the address cannot be listened on, with the way out
 */
export async function listen(handler: Handler, settings: Limits, readiness: Readiness): Promise<Listening> {
  const { host, requestTimeoutMs, shutdownTimeoutMs } = settings;
  const options = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(HEADERS_MS, requestTimeoutMs),
    // See `cutQuiet`.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, requestTimeoutMs / 4),
    noDelay: true,
    ...('express' in handler && nativeClasses(handler.express)),
  };
  const { tls } = settings;
  const server: Server = tls === null ? createServer(options) : createTlsServer({ ...options, ...tls });
  const connections: Connections = 'connections' in handler ? handler.connections : new Map();
  let closing: Promise<void> | null = null;
  let lingered = false;

  follow(server, connections);
  readKnownHeads(server, connections, { requestTimeoutMs, isClosing: () => closing !== null });
  const closeIdle = () => {
    if (lingered) setImmediate(() => server.closeIdleConnections());
  };
  server.on('request', (_request, response) => {
    if (closing !== null) response.setHeader('Connection', 'close').once('close', closeIdle);
  });
  server.on('request', handler);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const { underWay = 0, last = null } = connections.get(socket) ?? {};
    // Words of ours must not come into the middle of an answer.
    if (!socket.writable || underWay > 1 || last?.headersSent) socket.destroy(error);
    else refuse(socket, error, requestTimeoutMs);
  });

  server.listen({ port: settings.port, host, backlog: BACKLOG });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw describe(error as NodeJS.ErrnoException, settings);
  }
  // Busy: a client that stops reading its answer; one that stops sending is answered 408 before this.
  const uncut = cutQuiet(connections, { idleMs: KEEP_ALIVE_MS, busyMs: 2 * requestTimeoutMs });
  return {
    url: urlOf(server.address() as AddressInfo, tls === null ? 'http' : 'https'),
    close: () => {
      closing ??= drain();
      return closing;
    },
  };

  async function drain(): Promise<void> {
    readiness.ready = false;
    const closed = once(server, 'close');
    // Takes no more connections. HTTP's own `close` would also end, at once, those that no request was read from yet.
    NetServer.prototype.close.call(server);
    for (const { last } of connections.values()) {
      if (last?.headersSent === false) last.setHeader('Connection', 'close');
      last?.once('close', closeIdle);
    }
    const lingering = setInterval(() => {
      // What these sent is still to be read; or they seem idle to Node, which has not seen what is under way on them.
      const arePending = [...connections.values()].some(
        ({ waits, underWay, last }) => waits || (underWay > 0 && last === null),
      );
      if (arePending) return;
      clearInterval(lingering);
      lingered = true;
      server.closeIdleConnections();
      // Browsers open connections ahead of need. Node does not count one that never sent a byte as idle.
      for (const socket of connections.keys()) if (socket.bytesRead === 0) socket.destroy();
    }, LINGER_MS);
    const limit = setTimeout(() => server.closeAllConnections(), shutdownTimeoutMs);
    await closed;
    clearInterval(lingering);
    clearTimeout(limit);
    uncut();
    // It has a timer of its own, which only this ends.
    server.close();
  }
}

/** Answers bytes that are no HTTP request, or not a whole one in time; there is no request for Express to answer. */
function refuse(socket: Socket, error: NodeJS.ErrnoException, requestTimeoutMs: number): void {
  const [status, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, `The request was not complete within ${requestTimeoutMs / 1000} s.`]
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'The request headers are too large: this server takes at most 16 KiB of them.']
        : [400, 'This is not a valid HTTP/1.1 request.'];
  const body = JSON.stringify({ error: message });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Content-Type: application/json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function urlOf({ address, family, port }: AddressInfo, scheme: string): string {
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `${scheme}://${family === 'IPv6' ? `[${reachable}]` : reachable}:${port}`;
}

function describe(error: NodeJS.ErrnoException, { host, port }: Limits): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Problem(
        `Port ${port} of ${host} is in use. Stop what listens there, or choose another: npm start -- --port ${port + 1}`,
      );
    case 'EACCES':
      return new Problem(
        `Port ${port} may not be used without special rights. Choose one from 1024: npm start -- --port 3000`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Problem(
        `"${host}" is no address of this machine. Choose 127.0.0.1 (this machine only) or 0.0.0.0 (all): --host 127.0.0.1`,
      );
    default:
      return error;
  }
}
