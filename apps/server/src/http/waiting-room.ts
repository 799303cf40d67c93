import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection, Connections } from './connections.ts';
import { startReading, stopReading } from './reading.ts';

/** Connections that are not read for the time being. */
export interface WaitingRoom {
  /** How many there are. */
  readonly size: number;
  /** Of them, those that were answered last; whether the others want anything is not known. */
  readonly answered: number;
  /** Whether it is this request's turn: its connection was called just now. Asked once a request. */
  isCalled(request: Pick<IncomingMessage, 'socket'>): boolean;
  /** Takes in a connection once the answers to its requests are out, if it stays open. */
  take(request: Pick<IncomingMessage, 'socket'>): void;
  /**
   * Takes in the others that have asked a model before, and on which nothing is under way, but for a few: were all
   * of them to wait unread, nobody would be told that there is no room. Not all too often.
   */
  takeIdle(): void;
}

/**
 * A look at all connections, of which there may be many thousands, comes after so many times what the last one took; but
 * at once where that one was worth it: it seated one in so many.
 */
const PAUSE = 200;
const WORTH = 8;
/**
 * And after so many requests from who was not called, however soon: where all are idle everybody is called, and once the
 * next crowd comes all of it would be read in one turn of the event loop, to be refused some tenths of a second later.
 */
const UNCALLED = 64;
/**
 * Of idle connections, every so manieth goes on being read: the same ones at each look. Few, since to read a request and
 * refuse it takes about half of what answering it does.
 */
const LEFT_OPEN = 32;
/** Places given up at the front of the line before it is moved up. */
const MOVE_UP = 1024;

/**
 * Under overload, to read a request and refuse it costs a good part of what answering it does: a server that refuses
 * twice as much as it answers answers half of what it could. And what is read and waits keeps the garbage collector
 * busy. So connections whose requests there is no room for are not read at all: what they send stays with them, by
 * TCP's own flow control, until they are called, in the order in which they came.
 * @param connections all there are, see `follow`
 * @param room how many requests there is room for now; a few, since so many are read in one turn of the event loop
 */
export function openWaitingRoom(connections: Connections, room: () => number): WaitingRoom {
  /** In the order in which they came; those before `front` have been called. */
  const line: Connection[] = [];
  let front = 0;
  let answeredOnes = 0;
  let called: readonly Connection[] = [];
  let going = false;
  let nextLook = 0;
  let uncalled = 0;

  function turn(): void {
    // Who was called a turn ago has been read meanwhile, and taken its room, or has nothing to say.
    for (const connection of called) connection.called = false;
    called = line.slice(front, front + Math.max(0, room()));
    front += called.length;
    for (const connection of called) {
      if (connection.answered) answeredOnes--;
      connection.waits = false;
      connection.called = true;
      startReading(connection.socket);
    }
    if (front > MOVE_UP) {
      line.splice(0, front);
      front = 0;
    }
    going = front < line.length || called.length > 0;
    if (going) setImmediate(turn);
  }

  function seat(connection: Connection, answered: boolean): void {
    connection.waits = true;
    connection.answered = answered;
    stopReading(connection.socket);
    line.push(connection);
    if (answered) answeredOnes++;
    if (going) return;
    going = true;
    setImmediate(turn);
  }

  function seatAnswered(connection: Connection, response: ServerResponse | null): void {
    const { waits, socket } = connection;
    if (waits || !socket.writable || response?.shouldKeepAlive === false) return;
    // Where a request was refused before its body was read, Node reads and drops that behind the answer.
    if (response === null || response.req.complete) seat(connection, true);
    else response.req.once('close', () => seatAnswered(connection, response));
  }

  return {
    get size() {
      return line.length - front;
    },
    get answered() {
      return answeredOnes;
    },
    isCalled: ({ socket }) => {
      const connection = connections.get(socket);
      if (connection === undefined) return false;
      const isCalled = connection.called;
      if (!isCalled) uncalled++;
      connection.infers = true;
      connection.called = false;
      return isCalled;
    },
    take: ({ socket }) => {
      const connection = connections.get(socket);
      if (connection !== undefined) connection.whenDone = seatAnswered;
    },
    takeIdle: () => {
      const start = performance.now();
      if (start < nextLook && uncalled < UNCALLED) return;
      uncalled = 0;
      const before = line.length;
      for (const connection of connections.values()) {
        const { ordinal, infers, underWay, waits, called } = connection;
        // Who is called just now is read in this turn: it must not wait a second time.
        const isIdle = infers && underWay === 0 && !waits && !called;
        if (isIdle && ordinal % LEFT_OPEN !== 0) seat(connection, false);
      }
      // Where a crowd comes, who was called and had nothing to say yet must not be left open until the pause is over.
      if (WORTH * (line.length - before) > connections.size) return;
      const end = performance.now();
      nextLook = end + PAUSE * (end - start);
    },
  };
}
