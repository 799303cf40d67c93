import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { post } from './lean-client.ts';
import { loneClient } from './lone-client.ts';

let server: Server;

async function start(status: number): Promise<{ url: string; seen: Set<string> }> {
  const seen = new Set<string>();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      seen.add(`${request.method} ${request.url} ${request.headers['x-kind']} ${body}`);
      response.writeHead(status, { 'Content-Length': 2 }).end('hi');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

afterEach(() => server.close());

// Whichever client this machine has.
test('sends the very request again and again, and tells how long the answers took', async () => {
  const { url, seen } = await start(200);
  const { latency } = await loneClient();
  const { p50, p99 } = await latency(url, post('/path', { 'X-Kind': 'some' }, Buffer.from('a\0b')), 1);
  expect(p50).toBeGreaterThan(0);
  expect(p99).toBeGreaterThanOrEqual(p50);
  expect(seen).toEqual(new Set(['POST /path some a\0b']));
});

test('an answer that is no success ends it', async () => {
  const { url } = await start(503);
  const { latency } = await loneClient();
  await expect(latency(url, post('/', {}, Buffer.alloc(1)), 1)).rejects.toThrow(/failed|503/);
});
