import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import { startReading, stopReading } from './reading.ts';

test.each(['TCP', 'TLS'])('%s: what comes is left where it is, and had later', async (kind) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' });
  const server = kind === 'TCP' ? createServer() : createTlsServer({ cert, key });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, kind === 'TCP' ? 'connection' : 'secureConnection');
  const client = kind === 'TCP' ? connect(port) : connectTls({ port, rejectUnauthorized: false });
  const [socket] = (await accepted) as [Socket];
  let received = '';
  socket.on('data', (bytes: Buffer) => {
    received += bytes;
  });
  try {
    client.write('one');
    await expect.poll(() => received, { timeout: 20_000 }).toBe('one');
    stopReading(socket);
    client.write(' two');
    await wait(100);
    expect(received).toBe('one');
    expect(socket.readableLength).toBe(0);
    startReading(socket);
    await expect.poll(() => received, { timeout: 20_000 }).toBe('one two');
  } finally {
    client.destroy();
    await once(socket, 'close');
    // Nothing is beneath it any more.
    stopReading(socket);
    startReading(socket);
    server.close();
  }
});
