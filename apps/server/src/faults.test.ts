import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
  const server = await start('--max-queue', '64');
  const { logits } = await infer(server.url);
  const body = new Uint8Array(tensor.length * 64);
  for (let i = 0; i < 64; i++) body.set(tensor, i * tensor.length);
  const headers = { 'Inference-Header-Content-Length': '0' };
  const responses = await Promise.all(
    Array.from({ length: 60 }, async () => {
      const response = await fetch(`${server.url}/v2/models/digits/infer`, { method: 'POST', headers, body });
      return { response, bytes: Buffer.from(await response.arrayBuffer()) };
    }),
  );
  const taken = responses.filter(({ response }) => response.status === 200);
  const refused = responses.filter(({ response }) => response.status === 503);
  expect(taken.length + refused.length).toBe(60);
  expect(taken.length).toBeGreaterThan(0);
  expect(refused.length).toBeGreaterThan(0);
  for (const { response, bytes } of refused) {
    expect(response.headers.get('Retry-After')).toBe('1');
    expect(JSON.parse(bytes.toString()).error).toContain('The server is busy');
  }
  expect(await infer(server.url)).toMatchObject({ status: 200, logits });
});
