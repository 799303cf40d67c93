import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@mnist-edge/command';
import { drawStrokes, greyImage, type Point } from '@mnist-edge/recognizer';
import { readSettings, type Server, startServer } from '@mnist-edge/server';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient, InferenceError } from './index.ts';

const seven: readonly (readonly Point[])[] = [
  [
    { x: 60, y: 50 },
    { x: 210, y: 50 },
    { x: 120, y: 240 },
  ],
];

async function failureOf(promise: Promise<unknown>): Promise<InferenceError> {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InferenceError);
  return error as InferenceError;
}

describe('with our own server', () => {
  let server: Server;
  let client: Client;
  const images = {
    image: { shape: [2, 28, 28, 1], data: Float32Array.from({ length: 1568 }, (_, k) => (k % 17) / 16) },
  };

  beforeAll(async () => {
    server = await startServer(readSettings(['--port', '0', '--log-level', 'silent'], {}));
    client = createClient(server.url);
  });
  afterAll(() => server.close());

  test('health and metadata', async () => {
    expect(await client.live()).toBe(true);
    expect(await client.ready()).toBe(true);
    expect(await client.ready('digits')).toBe(true);
    expect(await client.ready('no-such-model')).toBe(false);
    expect(await client.server()).toMatchObject({ name: 'mnist-edge' });
    const { inputs, versions } = await client.model('digits');
    expect(inputs).toEqual([{ name: 'image', datatype: 'FP32', shape: [-1, 28, 28, 1] }]);
    expect((await client.model('digits', { version: versions![0]! })).name).toBe('digits');
  });

  test('binary and JSON inference give the same float32 numbers', async () => {
    const binary = await client.infer('digits', images, { id: 'a request' });
    expect(binary).toMatchObject({ model: 'digits', version: server.bundle.version, id: 'a request' });
    expect(Object.keys(binary.outputs).sort()).toEqual(['logits', 'probabilities']);
    const { probabilities } = binary.outputs;
    expect(probabilities).toMatchObject({ datatype: 'FP32', shape: [2, 10] });
    expect(probabilities!.data).toBeInstanceOf(Float32Array);
    const sum = (probabilities!.data as Float32Array).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(2, 5);
    const json = await client.infer('digits', images, { binary: false, id: 'a request' });
    expect(json).toEqual(binary);
  });

  test('only the outputs that are asked for; classes as texts; bytes as input', async () => {
    const one = await client.infer('digits', images, { outputs: ['logits'] });
    expect(Object.keys(one.outputs)).toEqual(['logits']);
    const classes = await client.infer('digits', images, { classification: { probabilities: 3 } });
    expect(classes.outputs.probabilities).toMatchObject({ datatype: 'BYTES', shape: [2, 3] });
    for (const text of classes.outputs.probabilities!.data as string[]) expect(text).toMatch(/^[\d.e-]+:\d:\d$/);
    const bytes = { image: { shape: [1, 28, 28], data: new Uint8Array(784).fill(255) } };
    const floats = { image: { shape: [1, 28, 28, 1], data: new Float32Array(784).fill(1) } };
    expect((await client.infer('digits', bytes)).outputs).toEqual((await client.infer('digits', floats)).outputs);
  });

  test('a picture’s file is recognized, whatever it is held in', async () => {
    const { width, height, pixels } = drawStrokes(seven, { width: 280, height: 280, pen: 22 });
    const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer();
    expect(await client.recognize(new Blob([new Uint8Array(png)], { type: 'image/png' }))).toMatchObject({
      digit: 7,
      rejection: null,
    });
    expect(await client.recognize(new Uint8Array(png))).toMatchObject({ digit: 7, model: { name: 'digits' } });
    const blank = greyImage(50, 50);
    const paper = await sharp(blank.pixels, { raw: { width: 50, height: 50, channels: 1 } })
      .png()
      .toBuffer();
    expect(await client.recognize(paper)).toMatchObject({ digit: null, rejection: 'blank' });
  });

  test('strokes are recognized, one digit or a line of them', async () => {
    expect(await client.recognize({ strokes: seven })).toMatchObject({ digit: 7 });
    const second = seven.map((stroke) => stroke.map(({ x, y }) => ({ x: x + 260, y })));
    const { text, digits, rejection } = await client.recognizeLine({ strokes: [...seven, ...second] });
    expect([text, rejection]).toEqual(['77', null]);
    expect(digits[0]!.box.left).toBeLessThan(digits[1]!.box.left);
    expect(digits[1]!.image).toHaveLength(784);
  });

  test('an explanation says which class it is about, and how much each pixel speaks for it', async () => {
    const { data } = images.image;
    const one = { image: { shape: [1, 28, 28, 1], data: data.subarray(0, 784) } };
    const { target, label, map, shape } = await client.explain('digits', one, { target: 3 });
    expect([target, label, shape]).toEqual([3, '3', [1, 28, 28]]);
    expect(map).toHaveLength(784);
    const other = await client.explain('digits', one, { target: 3, method: 'class-activation' });
    expect(other).toMatchObject({ target: 3, label: '3', shape: [1, 28, 28] });
    expect(other.map).not.toEqual(map);
  });

  test('what the server refuses is refused with its own words', async () => {
    const wrong = { picture: { shape: [1, 28, 28, 1], data: new Float32Array(784) } };
    const failure = await failureOf(client.infer('digits', wrong));
    expect(failure).toMatchObject({ kind: 'refused', status: 400, url: `${server.url}/v2/models/digits/infer` });
    expect(failure.message).toContain('"picture"');
    expect(await failureOf(client.infer('no-such-model', images))).toMatchObject({ kind: 'refused', status: 404 });
    expect(await failureOf(client.recognize(new Uint8Array([1, 2, 3])))).toMatchObject({
      kind: 'refused',
      status: 400,
    });
  });
});

describe('with servers that fail', () => {
  const servers: HttpServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('an overloaded server is unavailable, and says when to come again', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(503, { 'Retry-After': '2', 'Content-Type': 'application/json' });
      response.end('{"error":"The queue is full."}');
    });
    const failure = await failureOf(createClient(url).server());
    expect(failure).toMatchObject({
      kind: 'unavailable',
      status: 503,
      retryAfterSeconds: 2,
      message: 'The queue is full.',
    });
    expect(await createClient(url).ready()).toBe(false);
  });

  test('one that is not there is unreachable, and not live', async () => {
    const url = await serve(() => undefined);
    servers.splice(0)[0]!.close();
    const failure = await failureOf(createClient(url).server());
    expect(failure).toMatchObject({ kind: 'unreachable', status: null });
    expect(failure.message).toContain('ECONNREFUSED');
    expect(await createClient(url).live()).toBe(false);
  });

  test('one that is silent times out; the caller’s own abort is thrown as it is', async () => {
    const url = await serve(() => undefined);
    const client = createClient(url, { timeoutMs: 100 });
    expect(await failureOf(client.server())).toMatchObject({ kind: 'timeout' });
    const reason = new Error('no longer wanted');
    await expect(client.server({ signal: AbortSignal.abort(reason), timeoutMs: 10_000 })).rejects.toBe(reason);
  });

  test.each([
    ['a page', 'text/html', '<!doctype html>'],
    ['an array', 'application/json', '[]'],
    ['no outputs', 'application/json', '{"model_name":"x"}'],
    [
      'too few elements',
      'application/json',
      '{"model_name":"x","outputs":[{"name":"y","datatype":"FP32","shape":[2],"data":[1]}]}',
    ],
    [
      'texts for numbers',
      'application/json',
      '{"model_name":"x","outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":["1"]}]}',
    ],
    ['binary data of unknown length', 'application/octet-stream', '{"model_name":"x","outputs":[]}'],
  ])('one that answers with %s does not speak the protocol', async (_what, type, body) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': type }).end(body);
    });
    const inputs = { x: { shape: [1], data: new Float32Array(1) } };
    expect(await failureOf(createClient(url).infer('x', inputs))).toMatchObject({ kind: 'protocol', status: 200 });
  });

  test('the key, the path of a proxy and every kind of array go along', async () => {
    const seen: { url: string; key: string | undefined; body: Buffer; header: string }[] = [];
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const header = String(request.headers['inference-header-content-length']);
      seen.push({ url: request.url!, key: request.headers.authorization, body: Buffer.concat(chunks), header });
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"model_name":"m","outputs":[]}');
    });
    const client = createClient(`${url}/inference/`, { apiKey: 'secret' });
    const data = [
      Int8Array.of(-1),
      Int16Array.of(-2),
      Int32Array.of(-3),
      BigInt64Array.of(-4n),
      Float64Array.of(0.5),
      ['ä'],
    ];
    const inputs = Object.fromEntries(data.map((values, k) => [`i${k}`, { shape: [1], data: values }]));
    await client.infer('a model', inputs, { version: '2' });
    const { header, body, ...rest } = seen[0]!;
    expect(rest).toEqual({ url: '/inference/v2/models/a%20model/versions/2/infer', key: 'Bearer secret' });
    const json = JSON.parse(body.subarray(0, Number(header)).toString());
    expect(json.inputs.map((input: { datatype: string }) => input.datatype)).toEqual([
      'INT8',
      'INT16',
      'INT32',
      'INT64',
      'FP64',
      'BYTES',
    ]);
    expect([...body.subarray(Number(header))]).toEqual([
      255, 254, 255, 253, 255, 255, 255, 252, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 2, 0, 0,
      0, 0xc3, 0xa4,
    ]);
  });

  test('no address is no server', () => {
    expect(() => createClient('localhost:3000')).toThrow('"localhost:3000" is no address of a server');
  });
});

test('it builds to plain ESM with types, and imports nothing', async () => {
  const folder = join(workspaceRoot, 'packages/client/dist');
  const { createClient: built } = (await import(join(folder, 'index.js'))) as { createClient: typeof createClient };
  await expect(built('http://127.0.0.1:9').live()).resolves.toBe(false);
  for (const file of ['client', 'infer', 'recognize', 'tensor', 'transport', 'errors']) {
    const imports = (await readFile(join(folder, `${file}.js`), 'utf8')).match(/from '[^']+'/g) ?? [];
    expect(imports.filter((name) => !name.startsWith("from './"))).toEqual([]);
  }
});

test('its types hold for someone who has but the built files', { timeout: 600_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-client-'));
  const lines = [
    `import { createClient } from '${join(workspaceRoot, 'packages/client/dist/index.js')}';`,
    "const { outputs } = await createClient('http://x').infer('m', {});",
    'export const shape: readonly number[] = outputs.y!.shape;',
    '// @ts-expect-error a shape is no string',
    'export const text: string = outputs.y!.shape;',
  ];
  await writeFile(join(folder, 'consumer.mts'), lines.join('\n'));
  const flags = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--ignoreConfig',
    'consumer.mts',
  ];
  const compiled = promisify(execFile)(join(workspaceRoot, 'node_modules/.bin/tsc'), flags, { cwd: folder });
  expect(await compiled.catch((error: unknown) => error)).toEqual({ stdout: '', stderr: '' });
  await rm(folder, { recursive: true });
});
