import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type RawClient, rawClient } from '../testing/raw-client.ts';
import { readBody } from './body.ts';
import { type Connections, follow } from './connections.ts';
import { readKnownHeads } from './known-heads.ts';

let server: Server;
let client: RawClient;
let connections: Connections;
let isClosing: boolean;
/** Who served each request: Node's parser, or whoever knows its head. */
let by: string[];
/** What is sent to the client, as far as it came. */
let received: string;

/** Answers each request with its body. */
async function start(): Promise<void> {
  isClosing = false;
  by = [];
  received = '';
  connections = new Map();
  server = createServer();
  follow(server, connections);
  readKnownHeads(server, connections, { requestTimeoutMs: 300, isClosing: () => isClosing });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => socket.end(`${error.code}`));
  server.on('request', async (request, response) => {
    by.push('node');
    connections.get(request.socket)!.again = async (_socket, answer, body) => {
      by.push('known');
      const bytes = await body(1000, 0, null).catch(() => null);
      by.push(bytes === null ? 'cut' : bytes.toString());
      answer.writeHead(200, ['X-Body', String(bytes)]).end('', 'utf8');
    };
    const bytes = await readBody(request, 1000);
    response.writeHead(200, { 'X-Body': String(bytes), 'Content-Length': 0 }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = await rawClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.socket.on('data', (bytes) => {
    received += bytes.toString();
  });
}

afterEach(() => {
  client.socket.destroy();
  server.closeAllConnections();
  server.close();
});

const HEAD = 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n';

/** The bodies that were answered. */
const bodies = () => [...received.matchAll(/X-Body: (.*)\r\n/g)].map(([, body]) => body);

/** Waits until so many are answered. */
const answered = (...expected: string[]) => expect.poll(bodies, { timeout: 20_000 }).toEqual(expected);

test('a head that came before is served without Node’s parser, whatever the body is', async () => {
  await start();
  for (const [index, body] of ['first', 'again', 'third'].entries()) {
    client.send(HEAD + body);
    await answered(...['first', 'again', 'third'].slice(0, index + 1));
  }
  expect(by).toEqual(['node', 'known', 'again', 'known', 'third']);
  const [first, second] = received.split(/(?=HTTP\/1\.1)/);
  const names = (answer: string) => [...answer.matchAll(/^[\w-]+(?=:)/gm)].map(String).sort();
  expect(second).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\nDate: [^\r]+ GMT\r\nConnection: keep-alive\r\n\r\n$/s);
  expect(names(first!)).toEqual(expect.arrayContaining(names(second!)));
});

test('a body in pieces is put together; one that came before may be too', async () => {
  await start();
  for (const piece of [HEAD, 'fi', 'rst']) {
    client.send(piece);
    await wait(20);
  }
  await answered('first');
  for (const piece of [`${HEAD}se`, 'co', 'n']) {
    client.send(piece);
    await wait(20);
  }
  await answered('first', 'secon');
  expect(by).toEqual(['node', 'known', 'secon']);
});

test('requests that come at once are answered in turn, each once', async () => {
  await start();
  client.send(`${HEAD}first`);
  await answered('first');
  client.send(`${HEAD}a1234${HEAD}b1234${HEAD}c1`);
  await answered('first', 'a1234', 'b1234');
  client.send('234');
  await answered('first', 'a1234', 'b1234', 'c1234');
  expect(by.filter((who) => who === 'known')).toHaveLength(3);
});

test.each([
  ['another head', HEAD.replace('Host: x', 'Host: y')],
  ['a head that came in pieces before', null],
])('%s is for Node', async (_what, head) => {
  await start();
  client.send(head === null ? HEAD.slice(0, 20) : `${HEAD}first`);
  await wait(50);
  if (head === null) client.send(`${HEAD.slice(20)}first`);
  await answered('first');
  client.send(`${head ?? HEAD}other`);
  await answered('first', 'other');
  expect(by).toEqual(['node', 'node']);
});

test.each([
  ['keep-alive said', HEAD.replace('\r\n\r\n', '\r\nConnection: keep-alive\r\n\r\n')],
  ['the older HTTP', HEAD.replace('HTTP/1.1', 'HTTP/1.0').replace('\r\n\r\n', '\r\nConnection: keep-alive\r\n\r\n')],
  ['an expectation', HEAD.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n')],
  ['a coding', HEAD.replace('\r\n\r\n', '\r\nContent-Encoding: identity\r\n\r\n')],
  ['an empty line ahead', `\r\n${HEAD}`],
  ['empty lines ahead', `\r\n\r\n${HEAD}`],
  ['a long head', HEAD.replace('\r\n\r\n', `\r\nX: ${'x'.repeat(3000)}\r\n\r\n`)],
])('a head with %s is never known', async (_what, head) => {
  await start();
  for (const body of ['first', 'other', 'third']) {
    client.send(head + body);
    await expect.poll(() => bodies().at(-1), { timeout: 20_000 }).toBe(body);
  }
  expect(by).toEqual(['node', 'node', 'node']);
});

test('a body in chunks leaves the rest of the connection to Node', async () => {
  await start();
  client.send('POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n');
  await answered('first');
  for (const body of ['other', 'third']) {
    client.send(HEAD + body);
    await expect.poll(() => bodies().at(-1), { timeout: 20_000 }).toBe(body);
  }
  expect(by).toEqual(['node', 'node', 'node']);
});

test('a request at Node with more than itself in a piece leaves the rest to Node', async () => {
  await start();
  client.send(`${HEAD}first${HEAD}ot`);
  await answered('first');
  client.send('her');
  await answered('first', 'other');
  client.send(`${HEAD}third`);
  await answered('first', 'other', 'third');
  expect(by).toEqual(['node', 'node', 'node']);
});

test('two requests in one piece leave the rest to Node, whatever their lengths are', async () => {
  await start();
  client.send(`${HEAD}first${HEAD.replace('5', '200')}${'x'.repeat(100)}`);
  await answered('first');
  client.send('x'.repeat(100));
  await answered('first', 'x'.repeat(200));
  client.send(`${HEAD}third`);
  await answered('first', 'x'.repeat(200), 'third');
  expect(by).toEqual(['node', 'node', 'node']);
});

test('a body that does not come in time is told so, as by Node', async () => {
  await start();
  client.send(`${HEAD}first`);
  await answered('first');
  client.send(`${HEAD}ot`);
  await expect.poll(() => received, { timeout: 20_000 }).toContain('ERR_HTTP_REQUEST_TIMEOUT');
  await expect.poll(() => by, { timeout: 20_000 }).toEqual(['node', 'known', 'cut']);
});

test('a client that goes in the middle of a body is told to who serves it', async () => {
  await start();
  client.send(`${HEAD}first`);
  await answered('first');
  client.send(`${HEAD}ot`);
  await expect.poll(() => by, { timeout: 20_000 }).toEqual(['node', 'known']);
  client.socket.destroy();
  await expect.poll(() => by, { timeout: 20_000 }).toEqual(['node', 'known', 'cut']);
});

test('once the server closes Node serves all; who is being served is told that it was the last', async () => {
  await start();
  client.send(`${HEAD}first`);
  await answered('first');
  client.send(`${HEAD}ot`);
  await expect.poll(() => by, { timeout: 20_000 }).toEqual(['node', 'known']);
  isClosing = true;
  client.send('her');
  await answered('first', 'other');
  expect(received).toMatch(/X-Body: other\r\nDate: [^\r]+\r\nConnection: close\r\n\r\n$/);
  await client.answer;
});
