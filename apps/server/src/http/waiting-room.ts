import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Connections that are not read for the time being. */
export interface WaitingRoom {
  /** How many there are. */
  readonly size: number;
  /** Whether it is this request's turn: its connection has been called. Asked once a request. */
  isCalled(request: IncomingMessage): boolean;
  /** Takes in a connection once the answer to its request is out, if it stays open. */
  take(request: IncomingMessage, response: ServerResponse): void;
}

/** Connections that are called in one turn of the event loop, at most. */
const A_TURN = 64;

/**
 * Under overload, to read a request and refuse it costs a good part of what answering it does: a server that refuses
 * twice as much as it answers answers half of what it could. And what is read and waits keeps the garbage collector
 * busy. So connections whose requests there is no room for are not read at all: what they send stays with them, by
 * TCP's own flow control, until they are called, in the order in which they came.
 * @param room how many requests there is room for now
 */
export function openWaitingRoom(room: () => number): WaitingRoom {
  const waiting: Socket[] = [];
  /** Whose turn it is, until they send something. */
  const called = new WeakSet<Socket>();
  let going = false;

  function turn(): void {
    // Those that were let in a turn ago have been read meanwhile, and taken their room.
    const places = Math.min(room(), A_TURN, waiting.length);
    for (const socket of waiting.splice(0, Math.max(0, places))) {
      if (socket.destroyed) continue;
      called.add(socket);
      socket.resume();
    }
    going = waiting.length > 0;
    if (going) setImmediate(turn);
  }

  return {
    get size() {
      return waiting.length;
    },
    isCalled: ({ socket }) => called.delete(socket),
    take: (request, response) => {
      let missing = 2;
      const over = () => {
        if (--missing > 0) return;
        const { socket } = request;
        if (!response.shouldKeepAlive || socket.destroyed || socket.isPaused()) return;
        socket.pause();
        waiting.push(socket);
        if (going) return;
        going = true;
        setImmediate(turn);
      };
      // Where a request was refused before its body was read, Node reads and drops that behind the answer.
      if (request.complete) missing = 1;
      else request.once('close', over);
      response.once('finish', over);
    },
  };
}
