import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Server, startServer } from './server.ts';
import { readSettings } from './settings.ts';

let folder: string;
let server: Server;
let authority: Buffer;
const file = (name: string) => join(folder, name);

/** A certificate that signs itself, for 127.0.0.1. */
async function certify(name: string): Promise<void> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  await Promise.all([writeFile(file(`${name}.pem`), cert), writeFile(file(`${name}.key`), key)]);
}

function settingsFor(cert: string, key: string) {
  const doors = ['--port', '0', '--grpc-port', '0', '--log-level', 'silent'];
  return readSettings([...doors, '--tls-cert', file(cert), '--tls-key', file(key)], {});
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-tls-'));
  await Promise.all([certify('one'), certify('other')]);
  authority = await readFile(file('one.pem'));
  server = await startServer(settingsFor('one.pem', 'one.key'));
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true });
});

function infer(ca: Buffer): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    const asked = request(`${server.url}/v2/models/digits/infer`, { method: 'POST', ca, headers }, (response) => {
      let body = '';
      response.on('data', (bytes) => (body += bytes)).on('end', () => resolve({ status: response.statusCode!, body }));
    });
    asked.on('error', reject);
    const input = { name: 'image', datatype: 'FP32', shape: [1, 784], data: new Array(784).fill(0) };
    asked.end(JSON.stringify({ inputs: [input] }));
  });
}

function isLive(ca: Buffer | null): Promise<Buffer> {
  const channel = ca === null ? credentials.createInsecure() : credentials.createSsl(ca);
  // A name, since TLS sends none that is an address.
  const client = new Client(server.grpc!, channel, { 'grpc.ssl_target_name_override': 'localhost' });
  return new Promise<Buffer>((resolve, reject) => {
    const bytes = (value: Buffer) => value;
    const [path, deadline] = ['/inference.GRPCInferenceService/ServerLive', Date.now() + 20_000];
    client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), { deadline }, (error, answer) =>
      error === null ? resolve(answer!) : reject(error),
    );
  }).finally(() => client.close());
}

test('HTTPS: who trusts the certificate is served, nobody is in the clear', async () => {
  expect(server.url).toMatch(/^https:/);
  const { status, body } = await infer(authority);
  expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ model_name: 'digits' })]);
  await expect(infer(await readFile(file('other.pem')))).rejects.toThrow('self-signed certificate');
  await expect(fetch(server.url.replace('https', 'http'))).rejects.toThrow();
});

test('gRPC: the same certificate', async () => {
  // ServerLiveResponse { bool live = 1 }
  expect([...(await isLive(authority))]).toEqual([8, 1]);
  await expect(isLive(await readFile(file('other.pem')))).rejects.toThrow();
  await expect(isLive(null)).rejects.toThrow();
});

test('a key of another certificate, or a file that is none, is said so before anything is listened on', async () => {
  expect(() => settingsFor('one.pem', 'other.key')).toThrow(
    /other\.key does not belong to the certificate in .*one\.pem/,
  );
  expect(() => settingsFor('one.key', 'one.key')).toThrow(/one\.key is no certificate/);
  expect(() => settingsFor('one.pem', 'one.pem')).toThrow(/one\.pem is no private key/);
  expect(() => settingsFor('none.pem', 'one.key')).toThrow(/none\.pem cannot be read/);
});
