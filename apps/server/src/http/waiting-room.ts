import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Connections that are not read for the time being. */
export interface WaitingRoom {
  /** How many there are. */
  readonly size: number;
  /** Takes in a connection once the answer to its request is out, if it stays open. */
  take(request: IncomingMessage, response: ServerResponse): void;
}

/** Connections that are read again in one turn of the event loop, at most. */
const A_TURN = 64;

/**
 * Under overload, to read a request and refuse it costs a good part of what answering it does: a server that refuses
 * twice as much as it answers answers half of what it could. So connections whose requests it has no room for are not
 * read at all: what they send stays with them, by TCP's own flow control, until it is their turn.
 * @param room how many requests there is room for now
 */
export function openWaitingRoom(room: () => number): WaitingRoom {
  const waiting: Socket[] = [];
  let going = false;

  function turn(): void {
    // Those that were let in a turn ago have been read meanwhile, and taken their room.
    const places = Math.min(room(), A_TURN, waiting.length);
    for (const socket of waiting.splice(0, Math.max(0, places))) if (!socket.destroyed) socket.resume();
    going = waiting.length > 0;
    if (going) setImmediate(turn);
  }

  return {
    get size() {
      return waiting.length;
    },
    take: (request, response) => {
      response.once('finish', () => {
        const { socket } = request;
        // What is left of a body must be read, and a connection that is closed must notice.
        if (!request.complete || !response.shouldKeepAlive || socket.destroyed || socket.isPaused()) return;
        socket.pause();
        waiting.push(socket);
        if (going) return;
        going = true;
        setImmediate(turn);
      });
    },
  };
}
