import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PIXELS } from '@mnist-edge/recognizer';
import { afterEach, expect, test } from 'vitest';
import { type Server, startServer } from './server.ts';
import { readSettings } from './settings.ts';
import { rawClient } from './testing/raw-client.ts';
import { releasedModel } from './testing/released.ts';

const servers: Server[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function start(...flags: string[]): Promise<Server> {
  const server = await startServer(readSettings(['--port', '0', '--log-level', 'silent', ...flags], {}));
  servers.push(server);
  return server;
}

const tensor = new Uint8Array(new Float32Array(PIXELS).fill(0.5).buffer);

/** The answer to one image of greys: the model's version, and its logits. */
async function infer(url: string): Promise<{ status: number; version: string; logits: string }> {
  const response = await fetch(`${url}/v2/models/digits/infer`, {
    method: 'POST',
    headers: { 'Inference-Header-Content-Length': '0' },
    body: tensor,
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const length = Number(response.headers.get('Inference-Header-Content-Length') ?? bytes.length);
  const { model_version: version } = JSON.parse(bytes.subarray(0, length).toString());
  return { status: response.status, version, logits: bytes.subarray(length, length + 40).toString('hex') };
}

/** Loads until told to stop. @returns every answer */
function load(url: string, connections: number) {
  let going = true;
  const answers: Awaited<ReturnType<typeof infer>>[] = [];
  const all = Promise.all(
    Array.from({ length: connections }, async () => {
      while (going) answers.push(await infer(url));
    }),
  );
  const stop = async () => {
    going = false;
    await all;
    return answers;
  };
  return { answers, stop };
}

test('hot reloads under load: no request fails, none is answered wrongly, each new version takes over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-reload-'));
  folders.push(folder);
  await cp(releasedModel, folder, { recursive: true });
  const bundle = JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8'));
  const server = await start('--model-dir', folder, '--model-poll', '0');
  const { logits } = await infer(server.url);
  const { stop } = load(server.url, 4);
  const reloads = 12;
  for (let i = 1; i <= reloads; i++) {
    await writeFile(join(folder, 'bundle.json'), JSON.stringify({ ...bundle, version: `9.0.${i}` }));
    await server.control.load('digits');
    expect((await infer(server.url)).version).toBe(`9.0.${i}`);
  }
  const answers = await stop();
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(answers.map((answer) => answer.logits))).toEqual(new Set([logits]));
  expect(new Set(answers.map(({ version }) => version)).size).toBeGreaterThan(1);
});

test('clients that send a byte now and then hold up nobody else', async () => {
  const server = await start();
  const head = `POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 3136\r\n\r\n`;
  const slow = await Promise.all(Array.from({ length: 200 }, () => rawClient(server.url)));
  for (const [i, client] of slow.entries()) client.send(i % 2 === 0 ? head.slice(0, 30) : `${head}x`);
  const drip = setInterval(() => {
    for (const [i, client] of slow.entries()) if (i % 2 === 1) client.send('x');
  }, 50);
  try {
    const { answers, stop } = load(server.url, 2);
    await expect.poll(() => answers.length, { timeout: 50_000 }).toBeGreaterThan(50);
    expect((await stop()).every(({ status }) => status === 200)).toBe(true);
  } finally {
    clearInterval(drip);
    for (const { socket } of slow) socket.destroy();
  }
});

test('too much at once: some are told to come back, at once and with when; the rest get right answers', async () => {
  const server = await start('--max-queue', '8');
  const { logits } = await infer(server.url);
  const { hostname, port } = new URL(server.url);
  const head = 'POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nInference-Header-Content-Length: 0\r\n';
  const one = Buffer.concat([Buffer.from(`${head}Content-Length: ${tensor.length}\r\n\r\n`), tensor]);
  const statuses: number[] = [];
  const sockets: Socket[] = [];
  /** Sends it, and looks at what comes back. */
  const ask = async (socket: Socket) => {
    socket.write(one);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    const text = bytes.toString('latin1');
    if (text.startsWith('HTTP/1.1 503')) {
      expect(text).toContain('\r\nRetry-After: 1\r\n');
      expect(text).toContain('The server is busy');
    } else expect(bytes.includes(Buffer.from(logits, 'hex'))).toBe(true);
    statuses.push(Number(text.slice(9, 12)));
  };
  try {
    // One after another, so that the server, which is in this process, has accepted them all.
    for (let k = 0; k < 100; k++) {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      await ask(socket);
    }
    expect(new Set(statuses.splice(0))).toEqual(new Set([200]));
    for (let k = 0; k < 3; k++) await Promise.all(sockets.map(ask));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  expect(statuses).toHaveLength(300);
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  await expect.poll(() => infer(server.url), { timeout: 50_000 }).toMatchObject({ status: 200, logits });
});
