import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Serve } from './known-heads.ts';

/**
 * A connection and what is under way on it. One such object for its whole life: a set of all responses, which changes
 * with every request, kept its old tables and with them all that passed through until the next full collection.
 */
export interface Connection {
  readonly socket: Socket;
  /** Whether HTTP is spoken on it; with TLS it is not on the socket that TLS itself is spoken on. */
  readonly speaks: boolean;
  /** How many of those that speak had come until then, itself among them: the first is 1. */
  readonly ordinal: number;
  /** Responses that are not finished; more than one where a client sends before it is answered. */
  underWay: number;
  /** Requests that Node's parser has made of what came. */
  parsed: number;
  /** The last of those responses that Node made. */
  last: ServerResponse | null;
  /** How a request with the head that Node reads now is to be served from the next one on; null for as any. */
  again: Serve | null;
  /** To be called once nothing is under way on it any more, with the response that was the last, if Node made it. */
  whenDone: ((connection: Connection, response: ServerResponse | null) => void) | null;
  /** Whether a model was asked on it. */
  infers: boolean;
  /** Whether it is in the waiting room; whether it had been answered then; and whether it was called, a turn ago. */
  waits: boolean;
  answered: boolean;
  called: boolean;
}

export type Connections = Map<Socket, Connection>;

/** Keeps a server's connections in a map, from now on; before any other listener of its requests. */
export function follow(server: Server, connections: Connections): void {
  const isTls = server instanceof TlsServer;
  let came = 0;
  const connected = (socket: Socket, speaks: boolean) => {
    if (speaks) came++;
    connections.set(socket, {
      socket,
      speaks,
      ordinal: came,
      underWay: 0,
      parsed: 0,
      last: null,
      again: null,
      whenDone: null,
      infers: false,
      waits: false,
      answered: false,
      called: false,
    });
    socket.once('close', () => connections.delete(socket));
  };
  server.on('connection', (socket: Socket) => connected(socket, !isTls));
  server.on('secureConnection', (socket: Socket) => connected(socket, true));
  server.on('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.underWay++;
    connection.parsed++;
    connection.last = response;
    response.once('close', () => {
      if (--connection.underWay > 0) return;
      connection.last = null;
      const { whenDone } = connection;
      connection.whenDone = null;
      whenDone?.(connection, response);
    });
  });
}
