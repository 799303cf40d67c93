import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { type RawClient, rawClient } from '../testing/raw-client.ts';
import { type Connection, type Connections, follow } from './connections.ts';
import { readKnownHeads } from './known-heads.ts';
import { openWaitingRoom, type WaitingRoom } from './waiting-room.ts';

let room: number;
let server: Server;
let clients: RawClient[];
let connections: Connections;
let waitingRoom: WaitingRoom;
/** Paths in the order in which they were read. */
let read: string[];
/** Whether it was their turn. */
let called: boolean[];

/** Each answer but to /idle sends its connection to the waiting room. */
async function start(count: number, heads: 'known' | 'parsed' = 'parsed'): Promise<void> {
  room = 0;
  read = [];
  called = [];
  connections = new Map();
  waitingRoom = openWaitingRoom(connections, () => room);
  server = createServer();
  follow(server, connections);
  if (heads === 'known') {
    readKnownHeads(server, connections, { requestTimeoutMs: 20_000, isClosing: () => false });
  }
  server.on('request', (request, response) => {
    read.push(request.url!);
    connections.get(request.socket)!.again = async (socket, answer, body) => {
      read.push('known');
      // It takes the room that it was called for.
      if (waitingRoom.isCalled({ socket })) room = 0;
      waitingRoom.take({ socket });
      if (request.url !== '/refused') await body(1000, 0, null);
      answer.writeHead(200, ['Content-Length', '2']).end('ok', 'latin1');
    };
    called.push(waitingRoom.isCalled(request));
    if (request.url !== '/idle') waitingRoom.take(request);
    if (request.url === '/refused') response.end('no');
    else request.resume().on('end', () => response.end('ok'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  clients = [];
  for (let i = 0; i < count; i++) clients.push(await rawClient(url));
}

afterEach(() => {
  for (const { socket } of clients) socket.destroy();
  server.close();
});

function ask(client: number, path: string): void {
  clients[client]!.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello`);
}

test('a connection whose answer is out is not read while there is no room, and is once there is', async () => {
  await start(1);
  ask(0, '/first');
  await once(clients[0]!.socket, 'data');
  ask(0, '/second');
  await wait(100);
  expect(read).toEqual(['/first']);
  room = 1;
  await expect.poll(() => read, { timeout: 20_000 }).toEqual(['/first', '/second']);
});

test.each([5, 300_000])('likewise where a body of %d bytes was not read before it was refused', async (bytes) => {
  await start(1);
  clients[0]!.send(`POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`);
  await once(clients[0]!.socket, 'data');
  await wait(100);
  ask(0, '/second');
  await wait(100);
  expect(read).toEqual(['/refused']);
  room = 1;
  await expect.poll(() => read, { timeout: 20_000 }).toEqual(['/refused', '/second']);
});

test.each(['/a', '/refused'])('what is sent meanwhile stays with the kernel, by a known head too: %s', async (path) => {
  await start(1, 'known');
  const [{ socket }] = [...connections.values()] as [Connection];
  ask(0, path);
  await once(clients[0]!.socket, 'data');
  room = 1;
  ask(0, path);
  await expect.poll(() => read, { timeout: 20_000 }).toEqual([path, 'known']);
  await wait(100);
  const { bytesRead } = socket;
  ask(0, path);
  await wait(100);
  expect(socket.bytesRead).toBe(bytesRead);
  room = 1;
  await expect.poll(() => read, { timeout: 20_000 }).toEqual([path, 'known', 'known']);
});

test('a connection that sent before it was answered is read again too', async () => {
  await start(1, 'known');
  ask(0, '/a');
  await once(clients[0]!.socket, 'data');
  room = 1;
  const request = 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello';
  clients[0]!.send(request + request + request);
  await expect.poll(() => read.length, { timeout: 20_000 }).toBe(4);
  room = 1;
  ask(0, '/b');
  await expect.poll(() => read.at(-1), { timeout: 20_000 }).toBe('/b');
});

test('who came first is read first, as many as there is room for', async () => {
  await start(3);
  for (const client of [1, 0, 2]) {
    ask(client, '/first');
    await once(clients[client]!.socket, 'data');
    ask(client, `/of-${client}`);
  }
  await wait(50);
  expect(read).toEqual(['/first', '/first', '/first']);
  room = 1;
  await expect.poll(() => read.slice(3), { timeout: 20_000 }).toEqual(['/of-1', '/of-0', '/of-2']);
});

test('who was called is told from who comes for the first time', async () => {
  await start(2);
  ask(0, '/first');
  await once(clients[0]!.socket, 'data');
  ask(0, '/second');
  await wait(50);
  ask(1, '/other');
  await expect.poll(() => read, { timeout: 20_000 }).toEqual(['/first', '/other']);
  room = 1;
  await expect.poll(() => read, { timeout: 20_000 }).toEqual(['/first', '/other', '/second']);
  expect(called).toEqual([false, false, true]);
});

test('a client that goes while it waits is forgotten, and the next is read', async () => {
  await start(2);
  for (const client of [0, 1]) {
    ask(client, '/first');
    await once(clients[client]!.socket, 'data');
  }
  clients[0]!.socket.destroy();
  ask(1, '/second');
  room = 1;
  await expect.poll(() => read, { timeout: 20_000 }).toEqual(['/first', '/first', '/second']);
});

test('idle connections that have asked before can be taken in too, and are called in their turn', async () => {
  await start(3);
  for (const client of [0, 1]) {
    ask(client, '/idle');
    await once(clients[client]!.socket, 'data');
  }
  ask(1, '/idle');
  await expect.poll(() => read.length, { timeout: 20_000 }).toBe(3);
  await expect.poll(() => [...connections.values()].every(({ underWay }) => underWay === 0)).toBe(true);
  waitingRoom.takeIdle();
  expect([...connections.values()].map(({ waits }) => waits)).toEqual([true, true, false]);
  // Nobody knows whether they have something to say.
  expect([waitingRoom.size, waitingRoom.answered]).toEqual([2, 0]);
  ask(0, '/of-0');
  ask(2, '/of-2');
  await expect.poll(() => read.slice(3), { timeout: 20_000 }).toEqual(['/of-2']);
  room = 1;
  await expect.poll(() => read.slice(4), { timeout: 20_000 }).toEqual(['/of-0']);
  expect(called.at(-1)).toBe(true);
});

test('a look for idle connections is followed by another at once where it seated many, later where it seated none', async () => {
  await start(2);
  for (const client of [0, 1]) {
    ask(client, '/idle');
    await once(clients[client]!.socket, 'data');
  }
  await expect.poll(() => [...connections.values()].every(({ underWay }) => underWay === 0)).toBe(true);
  // A clock by which a look takes 1 ms, and the pause behind it is long.
  let ms = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => ms++);
  const [first] = connections.values();
  const seatedAgain = () => {
    first!.waits = false;
    waitingRoom.takeIdle();
    return first!.waits;
  };
  waitingRoom.takeIdle();
  expect(seatedAgain()).toBe(true);
  waitingRoom.takeIdle();
  expect(seatedAgain()).toBe(false);
  clock.mockRestore();
});
