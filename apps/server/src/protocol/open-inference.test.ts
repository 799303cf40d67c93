import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { type Listening, listen } from '../http/listen.ts';
import { inOrder, modelsOf } from '../models/models.ts';
import { createMetrics } from '../operations/metrics.ts';
import { readSettings } from '../settings.ts';
import { fakeModel } from '../testing/fake-model.ts';
import { rawClient } from '../testing/raw-client.ts';
import { explain } from './explain.ts';

/** Its logits are an image's first ten pixels. */
const model = fakeModel();
const older = fakeModel({ version: '1.2.2' });
let listening: Listening;

beforeAll(async () => {
  const settings = readSettings(['--port', '0', '--max-json-mb', '1'], {});
  const readiness = { ready: true };
  const models = modelsOf(() => inOrder([older, model]));
  const app = createApp({
    models,
    settings,
    log: pino({ level: 'silent' }),
    readiness,
    metrics: createMetrics(() => []),
  });
  listening = await listen(app, settings, readiness);
});

afterAll(() => listening.close());

const image = Float32Array.from({ length: 784 }, (_, i) => (i < 10 ? i / 16 : 0));
const ten = [...image.subarray(0, 10)];

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON part, parsed. */
  readonly json: {
    outputs: { name: string; shape: number[]; datatype: string; data?: unknown; parameters?: object }[];
  };
  /** What came behind it. */
  readonly binary: Buffer;
}

/** Sends JSON and, where there are any, bytes behind it. */
async function ask(
  json: unknown,
  binary: Buffer | null,
  { headers = {}, pack = (bytes: Buffer) => bytes, path = '/v2/models/fake/infer' } = {},
): Promise<Answer> {
  const head = Buffer.from(json === null ? '' : JSON.stringify(json));
  const body = pack(binary === null ? head : Buffer.concat([head, binary]));
  const response = await fetch(listening.url + path, {
    method: 'POST',
    headers: { ...(binary !== null && { 'Inference-Header-Content-Length': String(head.length) }), ...headers },
    body: new Uint8Array(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const length = Number(response.headers.get('Inference-Header-Content-Length') ?? bytes.length);
  return {
    status: response.status,
    headers: response.headers,
    json: JSON.parse(bytes.subarray(0, length).toString()),
    binary: bytes.subarray(length),
  };
}

function input(bytes: number | null, more: object = {}) {
  const parameters = bytes === null ? {} : { parameters: { binary_data_size: bytes } };
  return { name: 'image', datatype: 'FP32', shape: [1, 28, 28, 1], ...parameters, ...more };
}

const raw = Buffer.from(image.buffer);

test('a request whose head came before gets the same answer, with an id of its own', async () => {
  const { hostname, port } = new URL(listening.url);
  const body = JSON.stringify({ inputs: [{ name: 'image', shape: [1, 784], datatype: 'FP32', data: [...image] }] });
  // One encoded letter: only Express can tell the first time.
  for (const name of ['fake', '%66ake']) {
    const client = await rawClient(`http://${hostname}:${port}`);
    const answers: string[] = [];
    client.socket.on('data', (bytes) => answers.push(bytes.toString()));
    for (let k = 1; k <= 3; k++) {
      client.send(`POST /v2/models/${name}/infer HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      await expect.poll(() => answers.length).toBe(k);
    }
    client.socket.destroy();
    const ids = answers.map((answer) => /X-Request-Id: (\S+)/.exec(answer)![1]);
    expect(new Set(ids).size).toBe(3);
    const [first, ...others] = answers.map((answer) => answer.slice(answer.indexOf('\r\n\r\n')));
    expect(JSON.parse(first!).outputs[0].data).toEqual(ten);
    expect(others).toEqual([first, first]);
  }
});

test('binary in, JSON out', async () => {
  const { status, json, headers } = await ask({ inputs: [input(3136)] }, raw);
  expect(status).toBe(200);
  expect(headers.get('Content-Type')).toBe('application/json');
  expect(headers.get('Inference-Header-Content-Length')).toBeNull();
  expect(json.outputs[0]).toEqual({ name: 'logits', datatype: 'FP32', shape: [1, 10], data: ten });
});

test('binary in and out, all outputs by one parameter, their bytes in the order of the JSON', async () => {
  const { json, binary, headers } = await ask(
    { id: 'x', parameters: { binary_data_output: true }, inputs: [input(3136)] },
    raw,
  );
  expect(headers.get('Content-Type')).toBe('application/octet-stream');
  expect(json).toEqual({
    model_name: 'fake',
    model_version: '1.2.3',
    id: 'x',
    outputs: [
      { name: 'logits', datatype: 'FP32', shape: [1, 10], parameters: { binary_data_size: 40 } },
      { name: 'probabilities', datatype: 'FP32', shape: [1, 10], parameters: { binary_data_size: 40 } },
    ],
  });
  expect(binary).toHaveLength(80);
  expect([...new Float32Array(new Uint8Array(binary.subarray(0, 40)).buffer)]).toEqual(ten);
});

test('JSON in, one output binary, the other not', async () => {
  const { json, binary } = await ask(
    {
      inputs: [input(null, { data: [...image] })],
      outputs: [{ name: 'probabilities', parameters: { binary_data: true } }, { name: 'logits' }],
    },
    null,
  );
  expect(json.outputs.map(({ name, data }) => [name, data !== undefined])).toEqual([
    ['probabilities', false],
    ['logits', true],
  ]);
  expect(binary).toHaveLength(40);
});

test('nothing but the tensor: a header length of 0', async () => {
  const { status, json, binary } = await ask(null, Buffer.concat([raw, raw]));
  expect(status).toBe(200);
  expect(json.outputs.map(({ shape }) => shape)).toEqual([
    [2, 10],
    [2, 10],
  ]);
  expect([...new Float32Array(new Uint8Array(binary.subarray(40, 80)).buffer)]).toEqual(ten);
});

test.each([
  ['JSON', null],
  ['bytes', Buffer.from(image.map((value) => Math.round(value * 255)))],
])('UINT8 as %s is scaled', async (_how, bytes) => {
  const greys = Array.from(image, (value) => Math.round(value * 255));
  const tensor = { datatype: 'UINT8', shape: [1, 784], ...(bytes === null && { data: greys }) };
  const { json } = await ask({ inputs: [input(bytes === null ? null : 784, tensor)] }, bytes);
  expect(json.outputs[0]!.data).toEqual(greys.slice(0, 10).map((grey) => Math.fround(grey / 255)));
});

test('classification: the highest first, as score:index:label; more than there are is all', async () => {
  const outputs = [{ name: 'logits', parameters: { classification: 2 } }];
  const { json } = await ask({ inputs: [input(3136)], outputs }, raw);
  expect(json.outputs).toEqual([
    { name: 'logits', datatype: 'BYTES', shape: [1, 2], data: ['0.562500:9:9', '0.500000:8:8'] },
  ]);
  const binary = await ask(
    { inputs: [input(3136)], outputs: [{ name: 'logits', parameters: { classification: 99, binary_data: true } }] },
    raw,
  );
  expect(binary.json.outputs[0]).toMatchObject({ datatype: 'BYTES', shape: [1, 10] });
  expect(binary.binary.readUInt32LE(0)).toBe(12);
  expect(binary.binary.subarray(4, 16).toString()).toBe('0.562500:9:9');
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
])('a request packed with %s (%#), the header length being that of the plain JSON', async (encoding, pack) => {
  const headers = { 'Content-Encoding': encoding };
  const { status, json } = await ask({ inputs: [input(3136)] }, raw, { headers, pack: (bytes) => pack(bytes) });
  expect([status, json.outputs[0]!.data]).toEqual([200, ten]);
});

test.each(['gzip', 'deflate'])('an answer packed with %s when asked, and only if it is worth it', async (encoding) => {
  const large = { inputs: [input(null, { shape: [20, 784], data: Array.from({ length: 20 }, () => [...image]) })] };
  const plain = await fetch(`${listening.url}/v2/models/fake/infer`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Encoding': 'identity' },
    body: JSON.stringify(large),
  });
  expect(plain.headers.get('Content-Encoding')).toBeNull();
  // Node's fetch unpacks by itself, so only the header tells.
  const packed = await fetch(`${listening.url}/v2/models/fake/infer`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Encoding': `br, ${encoding};q=0.5, *;q=0` },
    body: JSON.stringify(large),
  });
  expect(packed.headers.get('Content-Encoding')).toBe(encoding);
  expect(Number(packed.headers.get('Content-Length'))).toBeLessThan(Number(plain.headers.get('Content-Length')) / 2);
  expect(await packed.json()).toEqual(await plain.json());
  const small = await ask({ inputs: [input(3136)] }, raw, { headers: { 'Accept-Encoding': encoding } });
  expect(small.headers.get('Content-Encoding')).toBeNull();
});

test('explain: which pixels speak for the answer', async () => {
  // The logits are the first ten pixels, so class 9 rests on pixel 9 alone.
  const { json, status } = await ask(
    { id: 'why', parameters: { patch: 1, stride: 1 }, inputs: [input(null, { data: [...image] })] },
    null,
    { path: '/v2/models/fake/explain' },
  );
  expect(status).toBe(200);
  expect(json).toMatchObject({ id: 'why', parameters: { method: 'occlusion', target: 9, label: '9', logit: 0.5625 } });
  expect(json.outputs[0]).toMatchObject({ name: 'occlusion', datatype: 'FP32', shape: [1, 28, 28] });
  const map = json.outputs[0]!.data as number[];
  expect(map.map((fall, at) => (fall === 0 ? null : at)).filter((at) => at !== null)).toEqual([9]);
  expect(map[9]).toBe(0.5625);
});

test('explain by class activation: one run, and what each place adds to the logit', async () => {
  const parameters = { method: 'class-activation', target: 7 };
  const { json, status } = await ask({ parameters, inputs: [input(null, { data: [...image] })] }, null, {
    path: '/v2/models/fake/explain',
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({ parameters: { ...parameters, label: '7', logit: 0.4375 } });
  expect(json.outputs[0]).toMatchObject({ name: 'class-activation', datatype: 'FP32', shape: [1, 28, 28] });
  const map = json.outputs[0]!.data as number[];
  expect(map.map((value, at) => (value === 0 ? null : at)).filter((at) => at !== null)).toEqual([7]);
  expect(map[7]! / 784).toBe(0.4375);
});

test.each([
  [{ patch: 99 }, 'parameters: patch is 99; it must be a whole number from 1 to 28.'],
  [{ target: 10 }, 'parameters: target is 10; it must be the index of a class, from 0 to 9.'],
  [{ stride: 0 }, 'parameters.stride must be at least 1.'],
  [{ method: 'guess' }, 'parameters.method must be "occlusion" or "class-activation".'],
  [
    { method: 'class-activation', target: 10 },
    'parameters: target is 10; it must be the index of a class, from 0 to 9.',
  ],
  [
    { method: 'class-activation', patch: 4 },
    'parameters: patch and stride are of method "occlusion"; "class-activation" blanks nothing.',
  ],
])('explain refuses %j', async (parameters, error) => {
  const { json, status } = await ask({ parameters, inputs: [input(null, { data: [...image] })] }, null, {
    path: '/v2/models/fake/explain',
  });
  expect([status, json]).toEqual([400, { error }]);
});

test('a model whose last layer follows no convolution has no class-activation map, and is told from a broken one', async () => {
  const dense = fakeModel({ name: 'dense' });
  const { features, weights, logits } = await dense.look(image);
  const look = async () => ({ features: { ...features, dims: [1, 784] }, weights, logits });
  const found = explain(
    { parameters: { method: 'class-activation' }, inputs: [input(null, { data: [...image] })] },
    { ...dense, look },
  );
  await expect(found).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(/^parameters: This net has no class-activation map: .* Ask for an occlusion map/),
  });
});

test('several versions: the highest answers, an older one by its number', async () => {
  const metadata = await (await fetch(`${listening.url}/v2/models/fake`)).json();
  expect(metadata).toMatchObject({ versions: ['1.2.3', '1.2.2'] });
  const { json } = await ask({ inputs: [input(3136)] }, raw, { path: '/v2/models/fake/versions/1.2.2/infer' });
  expect(json).toMatchObject({ model_version: '1.2.2' });
});

test.each<[string, unknown, Buffer, string | null, string]>([
  [
    'less than promised',
    { inputs: [input(3136)] },
    raw.subarray(1),
    null,
    '3135 bytes follow the JSON; inputs[0].parameters.binary_data_size is 3136.',
  ],
  ['more than promised', { inputs: [input(3136)] }, Buffer.concat([raw, raw]), null, '6272 bytes follow the JSON'],
  [
    'bytes that nobody claims',
    { inputs: [input(null, { data: [...image] })] },
    raw,
    null,
    'binary_data_size is missing.',
  ],
  [
    'a size that is not the shape’s',
    { inputs: [input(8)] },
    raw.subarray(0, 8),
    null,
    'FP32 [1, 28, 28, 1] is 3136 bytes.',
  ],
  ['data and bytes', { inputs: [input(3136, { data: [1] })] }, raw, null, 'both data and parameters.binary_data_size'],
  [
    'a size that is text',
    { inputs: [input(null, { parameters: { binary_data_size: '3136' } })] },
    raw,
    null,
    'inputs.0.parameters.binary_data_size must be a number.',
  ],
  [
    'a header length beyond the body',
    {},
    raw,
    '99999999',
    'Inference-Header-Content-Length is 99999999; the body has only',
  ],
  ['a negative header length', {}, raw, '-1', 'Inference-Header-Content-Length is "-1"; it is a number of bytes.'],
  ['a huge header length', {}, raw, '9'.repeat(400), 'it is a number of bytes.'],
  ['a header length that is no number', {}, raw, 'ten', 'Inference-Header-Content-Length is "ten"'],
  ['a header length within the JSON', { inputs: [input(3136)] }, raw, '20', 'The body is not valid JSON'],
  ['a raw tensor of half an image', null, raw.subarray(0, 1568), '0', 'The body is 1568 bytes of raw tensor'],
  ['a raw tensor of none', null, Buffer.alloc(0), '0', 'The body is 0 bytes of raw tensor'],
  [
    'NaN in it',
    null,
    Buffer.from(Float32Array.from(image, (x, i) => (i === 5 ? Number.NaN : x)).buffer),
    '0',
    'Number 5 of the raw tensor is NaN',
  ],
])('binary refused: %s', async (_what, json, binary, length, error) => {
  const headers: Record<string, string> = length === null ? {} : { 'Inference-Header-Content-Length': length };
  const answer = await ask(json, binary, { headers });
  expect(answer.status).toBe(400);
  expect(answer.json).toEqual({ error: expect.stringContaining(error) });
});
