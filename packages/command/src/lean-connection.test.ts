import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type LeanConnection, openLean } from './lean-connection.ts';

let server: Server;
let connection: LeanConnection;

afterEach(() => {
  connection.close();
  server.close();
});

/** @returns the statuses of so many requests over one connection, each sent when the last is answered */
async function statuses(listener: RequestListener, count: number): Promise<number[]> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const request = Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi');
  const seen: number[] = [];
  return new Promise((resolve) => {
    connection = openLean({
      url,
      request,
      onAnswer: (status, ms, same) => {
        expect(ms).toBeGreaterThan(0);
        seen.push(status);
        if (seen.length < count) same.send();
        else resolve(seen);
      },
    });
    connection.send();
  });
}

test.each([0, 5, 300_000])('answers of %d bytes are counted once each, whatever their status', async (bytes) => {
  let requests = 0;
  const found = await statuses((request, response) => {
    request.resume().on('end', () => {
      const status = requests++ % 2 === 0 ? 200 : 503;
      response.writeHead(status, { 'Content-Length': bytes }).end(Buffer.alloc(bytes));
    });
  }, 4);
  expect(found).toEqual([200, 503, 200, 503]);
});

test('a connection that ends before its answer is told, and the next request takes a new one', async () => {
  let requests = 0;
  const found = await statuses((_request, response) => {
    if (requests++ === 0) response.destroy();
    else response.writeHead(200, { 'Content-Length': 0, Connection: 'close' }).end();
  }, 3);
  expect(found).toEqual([0, 200, 200]);
});
