import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Problem } from '@mnist-edge/recognizer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rawClient } from '../testing/raw-client.ts';
import { type Listening, listen } from './listen.ts';
import type { Readiness } from './readiness.ts';

// Too long to be met by a test that is not about them, however busy the machine.
const limits = { host: '127.0.0.1', port: 0, tls: null, requestTimeoutMs: 60_000, shutdownTimeoutMs: 60_000 };
const hasty = { ...limits, requestTimeoutMs: 400 };
let readiness: Readiness;
const open: Listening[] = [];

/** Answers with the body once it is there, and says whether the server is ready. */
const echo: RequestListener = (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => response.end(`${Buffer.concat(parts)} ready=${readiness.ready}`));
};

async function start(handler: RequestListener = echo, settings = limits): Promise<Listening> {
  const listening = await listen(handler, settings, readiness);
  open.push(listening);
  return listening;
}

beforeEach(() => {
  readiness = { ready: true };
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((listening) => listening.close()));
});

test('serves, and no longer once closed', async () => {
  const { url, close } = await start();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(url, { method: 'POST', body: 'hello' })).text()).toBe('hello ready=true');
  await Promise.all([close(), close()]);
  expect(readiness.ready).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
});

test('an address for every machine is told as one that this machine can connect to', async () => {
  const { url } = await start(echo, { ...limits, host: '0.0.0.0' });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(url)).status).toBe(200);
});

test('a port in use is a problem with the way out, and who has it keeps it', async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  await expect(listen(echo, { ...limits, port }, readiness)).rejects.toThrow(
    new Problem(
      `Port ${port} of 127.0.0.1 is in use. Stop what listens there, or choose another: npm start -- --port ${port + 1}`,
    ),
  );
  expect((await fetch(url)).status).toBe(200);
});

test('an address of another machine is a problem', async () => {
  // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
  await expect(listen(echo, { ...limits, host: '192.0.2.1' }, readiness)).rejects.toThrow(
    '"192.0.2.1" is no address of this machine. Choose 127.0.0.1 (this machine only) or 0.0.0.0 (all): --host 127.0.0.1',
  );
});

test('a client that never finishes its headers gets 408', async () => {
  const { url } = await start(echo, hasty);
  const client = await rawClient(url);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n');
  expect(parse(await client.answer)).toEqual([408, { error: 'The request was not complete within 0.4 s.' }]);
});

test('a client that never finishes its body gets 408', async () => {
  const { url } = await start(echo, hasty);
  const client = await rawClient(url);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this');
  expect(parse(await client.answer)).toEqual([408, { error: 'The request was not complete within 0.4 s.' }]);
});

test('a client that drips its body gets 408 all the same', async () => {
  const { url } = await start(echo, hasty);
  const client = await rawClient(url);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
  const drip = setInterval(() => client.send('x'), 20);
  // A byte sent to a connection that is closed already would reset it, and its answer could be lost.
  client.socket.once('data', () => clearInterval(drip));
  expect(parse(await client.answer)[0]).toBe(408);
});

test('a client that stops reading its answer is cut', async () => {
  let answer: ServerResponse | null = null;
  const { url } = await start((_request, response) => {
    answer = response.writeHead(200).end(Buffer.alloc(50_000_000)) as ServerResponse;
  }, hasty);
  const client = await rawClient(url);
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(() => answer?.closed, { timeout: 20_000 }).toBe(true);
});

test('huge headers get 431, and bytes that are no HTTP 400', async () => {
  const { url } = await start();
  const huge = await rawClient(url);
  huge.send(`GET / HTTP/1.1\r\nHost: x\r\nX-Huge: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(parse(await huge.answer)).toEqual([
    431,
    { error: 'The request headers are too large: this server takes at most 16 KiB of them.' },
  ]);
  const noHttp = await rawClient(url);
  noHttp.send('\x16\x03\x01 hello?\r\n\r\n');
  expect(parse(await noHttp.answer)).toEqual([400, { error: 'This is not a valid HTTP/1.1 request.' }]);
  expect((await fetch(url)).status).toBe(200);
});

test('bytes after an answer has begun do not put a second answer into it', async () => {
  const { url } = await start((_request, response) => {
    response.writeHead(200, { 'Content-Length': 1000 });
    response.write('half of it');
  });
  const client = await rawClient(url);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(client.socket, 'data');
  client.send('\x16\x03\x01 hello?\r\n\r\n');
  expect(await client.answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nhalf of it$/s);
});

test('closing lets a request under way finish, tells it the connection ends, and takes no new one', async () => {
  const { url, close } = await start();
  const client = await rawClient(url);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nfirst');
  await untilUnderWay(url);
  const closed = close();
  await expect(fetch(url)).rejects.toThrow();
  client.send('rest');
  const answer = await client.answer;
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toMatch(/\r\nConnection: close\r\n/i);
  expect(answer).toMatch(/firstrest ready=false$/);
  await closed;
});

test('a request whose headers were under way when closing began is answered too', async () => {
  const { url, close } = await start();
  const client = await rawClient(url);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n');
  await untilUnderWay(url);
  const closed = close();
  client.send('\r\n');
  const answer = await client.answer;
  expect(answer).toMatch(/\r\nConnection: close\r\n.* ready=false$/is);
  await closed;
});

test('a request that was on its way on a kept connection when closing began is answered, and is its last', async () => {
  const { url, close } = await start();
  const client = await rawClient(url);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(client.socket, 'data');
  const closed = close();
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, first, second] = (await client.answer).split('HTTP/1.1 ');
  expect(first).toContain('Connection: keep-alive');
  expect(second).toMatch(/^200 OK/);
  expect(second).toContain('Connection: close');
  await closed;
});

test('closing does not wait long for connections that are idle', async () => {
  const { url, close } = await start();
  const [unused, keptAlive] = [await rawClient(url), await rawClient(url)];
  keptAlive.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(keptAlive.socket, 'data');
  await close();
  expect(await unused.answer).toBe('');
  expect(await keptAlive.answer).toContain('200 OK');
});

test('a connection whose answer was promised to stay open is closed when the answer is done', async () => {
  let answering: ServerResponse | null = null;
  const { url, close } = await start((_request: IncomingMessage, response) => {
    response.writeHead(200, { 'Content-Length': 8 });
    response.write('half');
    answering = response;
  }, limits);
  const client = await rawClient(url);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(client.socket, 'data');
  const closed = close();
  answering!.end('done');
  await closed;
  expect(await client.answer).toMatch(/halfdone$/);
});

test('a request that never ends is cut at the limit', async () => {
  const { url, close } = await start(() => {}, { ...limits, shutdownTimeoutMs: 400 });
  const client = await rawClient(url);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await untilUnderWay(url);
  const began = performance.now();
  await close();
  expect(performance.now() - began).toBeGreaterThan(350);
  expect(await client.answer).toBe('');
});

/** The server has read what was sent before: it has read a later connection's bytes. */
async function untilUnderWay(url: string): Promise<void> {
  const later = await rawClient(url);
  later.send('no http\r\n\r\n');
  await later.answer;
}

function parse(answer: string): [number, unknown] {
  const [head, body] = answer.split('\r\n\r\n');
  expect(head).toMatch(/\r\nContent-Type: application\/json/);
  return [Number(head!.split(' ')[1]), JSON.parse(body!)];
}
