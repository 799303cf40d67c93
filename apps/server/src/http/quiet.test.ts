import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Connection, Connections } from './connections.ts';
import { cutQuiet } from './quiet.ts';

const limits = { idleMs: 8000, busyMs: 4000 };
let connections: Connections;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  connections = new Map();
  stop = cutQuiet(connections, limits);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

/** A connection whose bytes are counted by hand. */
function add(parts: Partial<Connection> = {}) {
  const socket = { bytesRead: 0, bytesWritten: 0, destroy: vi.fn<() => void>() };
  const connection = { socket: socket as unknown as Socket, speaks: true, underWay: 0, ...parts } as Connection;
  connections.set(connection.socket, connection);
  return socket;
}

test('a connection on which nothing happens is cut: an idle one later than one with a request under way', () => {
  const [idle, busy] = [add(), add({ underWay: 1 })];
  vi.advanceTimersByTime(4000);
  expect([idle, busy].map(({ destroy }) => destroy.mock.calls.length)).toEqual([0, 0]);
  vi.advanceTimersByTime(2500);
  expect([idle, busy].map(({ destroy }) => destroy.mock.calls.length > 0)).toEqual([false, true]);
  vi.advanceTimersByTime(4000);
  expect(idle.destroy).toHaveBeenCalled();
});

test('a byte now and then, either way, keeps it', () => {
  const [reads, writes] = [add(), add({ underWay: 1 })];
  for (let second = 0; second < 60; second += 3) {
    vi.advanceTimersByTime(3000);
    reads.bytesRead++;
    writes.bytesWritten++;
  }
  expect(reads.destroy).not.toHaveBeenCalled();
  expect(writes.destroy).not.toHaveBeenCalled();
});

test('the socket beneath TLS is left alone, and all are once it is stopped', () => {
  const beneath = add({ speaks: false });
  vi.advanceTimersByTime(60_000);
  expect(beneath.destroy).not.toHaveBeenCalled();
  const late = add();
  stop();
  vi.advanceTimersByTime(60_000);
  expect(late.destroy).not.toHaveBeenCalled();
});
