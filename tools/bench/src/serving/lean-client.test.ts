import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { leanLoad, post } from './lean-client.ts';

let server: Server;

async function start(status: number, bytes: number): Promise<{ url: string; seen: Buffer[] }> {
  const seen: Buffer[] = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      seen.push(Buffer.concat(parts));
      response.writeHead(status, { 'Content-Length': bytes }).end(Buffer.alloc(bytes));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

afterEach(() => server.close());

test.each([0, 10, 300_000])('counts whole answers of %d bytes, over several connections', async (bytes) => {
  const { url, seen } = await start(200, bytes);
  const { requests, micros } = await leanLoad(url, post('/', {}, Buffer.from('hello')), {
    connections: 3,
    seconds: 0.1,
  });
  expect(requests).toBeGreaterThanOrEqual(3);
  expect(micros).toHaveLength(requests);
  expect(seen).toHaveLength(requests);
  expect(new Set(seen.map(String))).toEqual(new Set(['hello']));
});

test('an answer that is no success ends it', async () => {
  const { url } = await start(503, 4);
  await expect(leanLoad(url, post('/', {}, Buffer.alloc(1)), { connections: 1, seconds: 5 })).rejects.toThrow(
    '503 Service Unavailable',
  );
});
