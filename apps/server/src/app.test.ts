import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { type Listening, listen } from './http/listen.ts';
import type { Readiness } from './http/readiness.ts';
import type { Model } from './models/model.ts';
import { modelsOf } from './models/models.ts';
import { createMetrics } from './operations/metrics.ts';
import { readSettings } from './settings.ts';
import { fakeModel } from './testing/fake-model.ts';

const model = fakeModel();
let webDir: string;
let readiness: Readiness;
let lines: string[];
let listening: Listening;

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'mnist-edge-web-'));
  await mkdir(join(webDir, 'assets'));
  await mkdir(join(webDir, 'model'));
  await writeFile(join(webDir, 'index.html'), '<title>web app</title>');
  await writeFile(join(webDir, 'assets', 'ort-1a2b3c4d.wasm'), '\0asm');
  await writeFile(join(webDir, 'assets', 'index-1a2b3c4d.js'), 'export {};');
  await writeFile(join(webDir, 'model', 'bundle.json'), '{"name":"the page\'s own"}');
  await writeFile(join(webDir, '.secret'), 'not for the web');
});

afterAll(async () => {
  await rm(webDir, { recursive: true });
});

beforeEach(async () => {
  await start(model, webDir);
});

afterEach(async () => {
  await listening.close();
});

async function start(served: Model, web: string, ...flags: string[]): Promise<void> {
  readiness = { ready: true };
  lines = [];
  const settings = { ...readSettings(['--port', '0', '--max-batch', '4', ...flags], {}), webDir: web };
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  listening = await listen(
    createApp({ models: modelsOf(() => [served]), settings, log, readiness, metrics: createMetrics(() => []) }),
    settings,
    readiness,
  );
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(listening.url + path, init);
}

async function get(path: string): Promise<[number, unknown]> {
  const response = await ask(path);
  return [response.status, await response.json()];
}

async function infer(body: unknown, path = '/v2/models/fake/infer'): Promise<[number, unknown]> {
  const response = await ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

test('the protocol: server metadata and health', async () => {
  expect(await get('/v2')).toEqual([
    200,
    {
      name: 'mnist-edge',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      extensions: ['binary_tensor_data', 'classification', 'model_repository'],
    },
  ]);
  expect(await get('/v2/')).toEqual(await get('/v2'));
  expect(await get('/v2/health/live')).toEqual([200, { live: true }]);
  expect(await get('/v2/health/ready')).toEqual([200, { ready: true }]);
});

test('the protocol: a server that is stopping is alive but not ready', async () => {
  readiness.ready = false;
  expect(await get('/v2/health/live')).toEqual([200, { live: true }]);
  expect(await get('/v2/health/ready')).toEqual([503, { ready: false }]);
  expect(await get('/v2/models/fake/ready')).toEqual([503, { name: 'fake', ready: false }]);
});

test('the protocol: model metadata, with and without the version', async () => {
  const metadata = {
    name: 'fake',
    versions: ['1.2.3'],
    platform: 'onnx_onnxv1',
    inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 28, 28, 1] }],
    outputs: [
      { name: 'logits', datatype: 'FP32', shape: [-1, 10] },
      { name: 'probabilities', datatype: 'FP32', shape: [-1, 10] },
    ],
    properties: { precision: 'fp32', sha256: model.sha256 },
  };
  expect(await get('/v2/models/fake')).toEqual([200, metadata]);
  expect(await get('/v2/models/fake/versions/1.2.3')).toEqual([200, metadata]);
  expect(await get('/v2/models/fake/ready')).toEqual([200, { name: 'fake', ready: true }]);
  expect(await get('/v2/models/fake/versions/1.2.3/ready')).toEqual([200, { name: 'fake', ready: true }]);
});

test('the protocol: inference, every output by default', async () => {
  const data = Array.from({ length: 784 }, (_, i) => (i < 10 ? i / 16 : 0));
  const inputs = [{ name: 'image', datatype: 'FP32', shape: [1, 28, 28, 1], data }];
  expect(await infer({ id: 'a', inputs })).toEqual([
    200,
    {
      model_name: 'fake',
      model_version: '1.2.3',
      id: 'a',
      outputs: [
        { name: 'logits', datatype: 'FP32', shape: [1, 10], data: data.slice(0, 10) },
        { name: 'probabilities', datatype: 'FP32', shape: [1, 10], data: expect.any(Array) },
      ],
    },
  ]);
  const [status, answer] = await infer(
    { inputs, outputs: [{ name: 'logits' }] },
    '/v2/models/fake/versions/1.2.3/infer',
  );
  expect(status).toBe(200);
  expect(answer).toEqual({
    model_name: 'fake',
    model_version: '1.2.3',
    outputs: [{ name: 'logits', datatype: 'FP32', shape: [1, 10], data: data.slice(0, 10) }],
  });
});

test('the protocol: a float32 goes in and comes out to the last bit', async () => {
  const pixel = fc.float({ min: 0, max: 1, noNaN: true });
  await fc.assert(
    fc.asyncProperty(
      fc.array(pixel, { minLength: 10, maxLength: 10 }),
      fc.integer({ min: 1, max: 4 }),
      async (ten, batch) => {
        const image = [...ten, ...new Array(774).fill(0)];
        const data = Array.from({ length: batch }, () => image).flat();
        const [, answer] = await infer({
          inputs: [{ name: 'image', datatype: 'FP32', shape: [batch, 28, 28, 1], data }],
          outputs: [{ name: 'logits' }],
        });
        const { outputs } = answer as { outputs: { data: number[] }[] };
        expect(outputs[0]!.data).toEqual(Array.from({ length: batch }, () => ten).flat());
      },
    ),
    { numRuns: 30 },
  );
});

test('the protocol: clients that send no content type, or compress the request, are understood', async () => {
  const request = JSON.stringify({
    inputs: [{ name: 'image', datatype: 'FP32', shape: [1, 28, 28, 1], data: new Array(784).fill(0) }],
  });
  // A Uint8Array body has no content type of its own.
  const bare = await ask('/v2/models/fake/infer', { method: 'POST', body: new TextEncoder().encode(request) });
  expect(bare.status).toBe(200);
  const packed = new Blob([request]).stream().pipeThrough(new CompressionStream('gzip'));
  const compressed = await ask('/v2/models/fake/infer', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Content-Encoding': 'gzip' },
    body: await new Response(packed).arrayBuffer(),
  });
  expect(compressed.status).toBe(200);
});

test('any JSON as a request, any bytes as a picture and any path get an answer, and never a 500', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.uint8Array(), fc.webPath(), async (body, bytes, path) => {
      expect((await infer(body))[0]).toBe(400);
      const picture = await ask('/api/recognize', {
        method: 'POST',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...bytes]),
      });
      expect(picture.status).toBe(400);
      expect((await ask(path)).status).toBeLessThan(500);
    }),
    { numRuns: 40 },
  );
});

test("the model's files, by the path in the bundle, with their SHA-256 as ETag", async () => {
  for (const [path, { bytes, sha256 }] of model.files) {
    const response = await ask(`/model/${path}`);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    expect(response.headers.get('ETag')).toBe(`"${sha256}"`);
    expect(response.headers.get('Cache-Control')).toBe('no-cache');
    // As browsers ask again; Node's fetch would add `no-cache`, which asks for the whole file.
    const headers = { 'If-None-Match': `"${sha256}"`, 'Cache-Control': 'max-age=0' };
    const again = await ask(`/model/${path}`, { headers });
    expect(again.status).toBe(304);
  }
  expect((await ask('/model/model.onnx')).headers.get('Content-Type')).toBe('application/octet-stream');
  expect((await ask('/model/bundle.json')).headers.get('Content-Type')).toMatch(/^application\/json/);
  expect(await (await ask('/model/bundle.json')).json()).toMatchObject({ name: 'fake' });
});

test('the web app: hashed files for ever, the page always anew', async () => {
  const page = await ask('/');
  expect(await page.text()).toBe('<title>web app</title>');
  expect(page.headers.get('Cache-Control')).toBe('no-cache');
  const wasm = await ask('/assets/ort-1a2b3c4d.wasm');
  expect(wasm.headers.get('Content-Type')).toBe('application/wasm');
  expect(wasm.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
  const script = await ask('/assets/index-1a2b3c4d.js');
  expect(script.headers.get('Content-Type')).toMatch(/^text\/javascript/);
});

test('the web app: who takes brotli gets the copy that lies beside a file, as what the file is', async () => {
  const path = '/assets/index-1a2b3c4d.js';
  const copy = join(webDir, `${path}.br`);
  await writeFile(copy, brotliCompressSync('export {};'));
  try {
    // Told nothing of caching, fetch asks for no cached answer, and never gets a 304.
    const caching = { 'Cache-Control': 'max-age=0', Pragma: '' };
    const get = (accepted: string, headers = {}) =>
      ask(path, { headers: { 'Accept-Encoding': accepted, ...caching, ...headers } });
    const [packed, plain] = [await get('gzip, br'), await get('gzip')];
    for (const response of [packed, plain]) {
      expect([response.status, await response.text()]).toEqual([200, 'export {};']);
      expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
      expect(response.headers.get('Vary')).toBe('Accept-Encoding');
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    }
    expect(packed.headers.get('Content-Encoding')).toBe('br');
    expect(plain.headers.get('Content-Encoding')).toBeNull();
    const [etag, other] = [packed, plain].map(({ headers }) => headers.get('ETag')!);
    expect(etag).not.toBe(other);
    expect((await get('br', { 'If-None-Match': etag })).status).toBe(304);
    expect((await get('br', { 'If-None-Match': other })).status).toBe(200);
    expect((await get('br;q=0, *')).headers.get('Content-Encoding')).toBeNull();
    const beyond = await get('br', { Range: 'bytes=5000-' });
    expect([beyond.status, beyond.headers.get('Content-Encoding')]).toEqual([416, null]);
    expect(await beyond.json()).toHaveProperty('error');
  } finally {
    await rm(copy);
  }
  // The page itself, by its folder; one without a copy comes plain.
  const page = () => ask('/', { headers: { 'Accept-Encoding': 'br' } });
  expect((await page()).headers.get('Content-Encoding')).toBeNull();
  const index = join(webDir, 'index.html.br');
  await writeFile(index, brotliCompressSync('<title>web app</title>'));
  try {
    const response = await page();
    expect([response.headers.get('Content-Encoding'), await response.text()]).toEqual(['br', '<title>web app</title>']);
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('Cache-Control')).toBe('no-cache');
  } finally {
    await rm(index);
  }
});

test('nothing outside the web app or hidden in it is served', async () => {
  for (const path of ['/.secret', '/..%2f..%2fetc/passwd', '/%2e%2e/package.json', '/assets', '/%00']) {
    const response = await ask(path);
    expect(response.status, path).toBeGreaterThanOrEqual(400);
    expect(response.status, path).toBeLessThan(500);
    expect(await response.json(), path).toEqual({ error: expect.any(String) });
  }
});

test('without a web app a page says how to build it, and serves it once it is there', async () => {
  await listening.close();
  const later = join(webDir, 'later');
  await start(model, later);
  const missing = await ask('/');
  expect([missing.status, missing.headers.get('Retry-After')]).toEqual([503, '5']);
  expect(await missing.text()).toContain('<code>npx nx run web:build</code>');
  await mkdir(later);
  await writeFile(join(later, 'index.html'), 'built');
  expect(await (await ask('/')).text()).toBe('built');
});

test('headers: WebAssembly may run, nothing is sent to https, nobody frames the page or guesses types', async () => {
  expect((await ask('/v2/models/fake/infer', { method: 'POST' })).headers.get('X-Powered-By')).toBeNull();
  for (const path of ['/', '/v2', '/nowhere']) {
    const { headers } = await ask(path);
    const policy = headers.get('Content-Security-Policy')!.split(';');
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("default-src 'self'");
    expect(policy.join()).not.toContain('upgrade-insecure-requests');
    expect(headers.get('Strict-Transport-Security')).toBeNull();
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Powered-By')).toBeNull();
  }
});

test.each([
  ['/v2', 'DELETE', 'GET, HEAD'],
  ['/v2/health/ready', 'POST', 'GET, HEAD'],
  ['/v2/models/fake', 'PUT', 'GET, HEAD'],
  ['/v2/models/fake/infer', 'GET', 'POST'],
  ['/api/recognize', 'GET', 'POST'],
  ['/model/model.onnx', 'DELETE', 'GET, HEAD'],
  ['/', 'POST', 'GET, HEAD'],
])('%s does not take %s', async (path, method, allow) => {
  const response = await ask(path, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('Allow')).toBe(allow);
  expect(await response.json()).toEqual({ error: `${path} takes ${allow}, not ${method}.` });
  const options = await ask(path, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('Allow')]).toEqual([204, allow]);
});

test('HEAD is GET without the body', async () => {
  const response = await ask('/v2/health/live', { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('a defect of ours: 500 with an id and nothing else; the log has the id and the stack', async () => {
  await listening.close();
  const broken = {
    ...model,
    infer: async () => {
      throw new Error('secret of the house');
    },
  };
  await start(broken, webDir);
  const inputs = [{ name: 'image', datatype: 'FP32', shape: [1, 28, 28, 1], data: new Array(784).fill(0) }];
  const [status, answer] = await infer({ inputs });
  expect(status).toBe(500);
  const { id } = answer as { id: string };
  expect(answer).toEqual({ error: 'internal error', id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0]!);
  expect(line).toMatchObject({ id, method: 'POST', url: '/v2/models/fake/infer', msg: 'internal error' });
  expect(line.err.stack).toContain('secret of the house');
  expect((await get('/v2/health/ready'))[0]).toBe(200);
});

test('a bad request is nobody’s defect: it is not logged', async () => {
  await infer({});
  await ask('/nowhere');
  expect(lines).toEqual([]);
});

test('a request keeps its id, or is given one; a trace goes on with a span of ours', async () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const { headers } = await ask('/v2', { headers: { 'X-Request-Id': 'mine-1', traceparent: parent } });
  expect(headers.get('X-Request-Id')).toBe('mine-1');
  expect(headers.get('traceparent')).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  expect(headers.get('traceparent')).not.toBe(parent);
  const other = await ask('/v2', { headers: { 'X-Request-Id': 'two words', traceparent: '00-nonsense' } });
  expect(other.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(other.headers.get('traceparent')).toBeNull();
});

test('with keys the API is for who brings one; health and the page are everybody’s', async () => {
  await listening.close();
  await start(model, webDir, '--api-keys', 'sesame,other');
  const status = async (path: string, headers: Record<string, string> = {}) => (await ask(path, { headers })).status;
  expect(await status('/v2')).toBe(401);
  expect(await status('/v2/models/fake', { Authorization: 'Bearer wrong1' })).toBe(401);
  expect(await status('/v2/models/fake/infer', { Authorization: 'Basic sesame' })).toBe(401);
  expect(await status('/api/recognize')).toBe(401);
  expect(await status('/v2/health/ready')).toBe(200);
  expect(await status('/')).toBe(200);
  expect(await status('/v2', { Authorization: 'Bearer sesame' })).toBe(200);
  expect(await status('/v2', { 'X-API-Key': 'other' })).toBe(200);
  const refused = await ask('/v2');
  expect(refused.headers.get('WWW-Authenticate')).toBe('Bearer');
  expect(refused.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await refused.json()).toEqual({ error: expect.stringContaining('This server needs a key') });
});

test('with a rate limit, who asks too often is told when to come back', async () => {
  await listening.close();
  await start(model, webDir, '--rate-limit', '2');
  expect([(await ask('/v2')).status, (await ask('/v2')).status]).toEqual([200, 200]);
  const refused = await ask('/v2', { headers: { 'X-Request-Id': 'mine-2' } });
  expect([refused.status, refused.headers.get('X-Request-Id')]).toEqual([429, 'mine-2']);
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect(await refused.json()).toEqual({ error: expect.stringContaining('Too many requests: 2 a minute') });
  expect((await ask('/v2/health/live')).status).toBe(200);
});
