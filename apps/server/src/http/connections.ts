import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A connection and what is under way on it. One such object for its whole life: a set of all responses, which changes
 * with every request, kept its old tables and with them all that passed through until the next full collection.
 */
export interface Connection {
  readonly socket: Socket;
  /** How many had come until then, itself among them: the first is 1. */
  readonly ordinal: number;
  /** Responses that are not finished; more than one where a client sends before it is answered. */
  underWay: number;
  /** The last of them. */
  last: ServerResponse | null;
  /** Whether a model was asked on it. */
  infers: boolean;
  /** Whether it is in the waiting room; and whether it was called from there, a turn of the event loop ago. */
  waits: boolean;
  called: boolean;
}

export type Connections = Map<Socket, Connection>;

/** Keeps a server's connections in a map, from now on; before any other listener of its requests. */
export function follow(server: Server, connections: Connections): void {
  let came = 0;
  const connected = (socket: Socket) => {
    connections.set(socket, {
      socket,
      ordinal: ++came,
      underWay: 0,
      last: null,
      infers: false,
      waits: false,
      called: false,
    });
    socket.once('close', () => connections.delete(socket));
  };
  // With TLS a request's socket is another than the connection's.
  server.on('connection', connected).on('secureConnection', connected);
  server.on('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.underWay++;
    connection.last = response;
    response.once('close', () => {
      if (--connection.underWay === 0) connection.last = null;
    });
  });
}
