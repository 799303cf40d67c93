import { join } from 'node:path';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelsOf } from '../models/models.ts';
import { createMetrics } from '../operations/metrics.ts';
import { readSettings } from '../settings.ts';
import { fakeModel } from '../testing/fake-model.ts';
import { type Grpc, startGrpc } from './grpc.ts';

const proto = join(import.meta.dirname, '../../proto/open_inference.proto');
const definitions = loadSync(proto, { keepCase: true, longs: Number, defaults: true });
const service = definitions['inference.GRPCInferenceService'] as Record<
  string,
  { path: string; requestSerialize: (value: object) => Buffer; responseDeserialize: (bytes: Buffer) => object }
>;
const readiness = { ready: true };
let grpc: Grpc;
let locked: Grpc;

beforeAll(async () => {
  // Its logits are an image's first ten pixels.
  const parts = { models: modelsOf(() => [fakeModel()]), readiness, metrics: createMetrics(() => []) };
  const log = pino({ level: 'silent' });
  grpc = await startGrpc({ ...parts, log, settings: readSettings(['--grpc-port', '0', '--max-batch', '4'], {}) });
  locked = await startGrpc({ ...parts, log, settings: readSettings(['--grpc-port', '0', '--api-keys', 'sesame'], {}) });
});

afterAll(() => Promise.all([grpc.close(), locked.close()]));

function call(method: string, request: object, key: string | null = null, address = grpc.address): Promise<object> {
  const { path, requestSerialize, responseDeserialize } = service[method]!;
  const metadata = new Metadata();
  if (key !== null) metadata.set('authorization', `Bearer ${key}`);
  const client = new Client(address, credentials.createInsecure());
  return new Promise<object>((resolve, reject) => {
    const done = (error: ServiceError | null, answer?: object) => (error === null ? resolve(answer!) : reject(error));
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, done);
  }).finally(() => client.close());
}

const image = Float32Array.from({ length: 784 }, (_, i) => (i < 10 ? i / 16 : 0));
const ten = [...image.subarray(0, 10)];
const input = { name: 'image', datatype: 'FP32', shape: [1, 28, 28, 1] };

test('health and metadata', async () => {
  expect(await call('ServerLive', {})).toEqual({ live: true });
  expect(await call('ServerReady', {})).toEqual({ ready: true });
  expect(await call('ModelReady', { name: 'fake' })).toEqual({ ready: true });
  expect(await call('ServerMetadata', {})).toMatchObject({ name: 'mnist-edge' });
  expect(await call('ModelMetadata', { name: 'fake', version: '1.2.3' })).toMatchObject({
    name: 'fake',
    versions: ['1.2.3'],
    inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 28, 28, 1] }],
    outputs: [{ name: 'logits' }, { name: 'probabilities', datatype: 'FP32', shape: [-1, 10] }],
  });
});

test('raw bytes in, raw bytes out, in the order of the outputs', async () => {
  const request = { model_name: 'fake', id: 'x', inputs: [input], raw_input_contents: [Buffer.from(image.buffer)] };
  const answer = (await call('ModelInfer', request)) as { raw_output_contents: Buffer[] };
  expect(answer).toMatchObject({
    model_name: 'fake',
    model_version: '1.2.3',
    id: 'x',
    outputs: [
      { name: 'logits', datatype: 'FP32', shape: [1, 10] },
      { name: 'probabilities', datatype: 'FP32', shape: [1, 10] },
    ],
  });
  expect(answer.raw_output_contents).toHaveLength(2);
  expect([...new Float32Array(new Uint8Array(answer.raw_output_contents[0]!).buffer)]).toEqual(ten);
});

test('numbers in, numbers out; UINT8 too; one output; the highest classes', async () => {
  const outputs = [{ name: 'logits' }];
  const floats = { ...input, contents: { fp32_contents: [...image] } };
  expect(await call('ModelInfer', { model_name: 'fake', inputs: [floats], outputs })).toMatchObject({
    outputs: [{ name: 'logits', contents: { fp32_contents: ten } }],
  });
  const greys = Array.from(image, (value) => Math.round(value * 255));
  const bytes = { ...input, datatype: 'UINT8', shape: [1, 784], contents: { uint_contents: greys } };
  expect(await call('ModelInfer', { model_name: 'fake', inputs: [bytes], outputs })).toMatchObject({
    outputs: [{ contents: { fp32_contents: greys.slice(0, 10).map((grey) => Math.fround(grey / 255)) } }],
  });
  const classes = [{ name: 'logits', parameters: { classification: { int64_param: 1 } } }];
  expect(await call('ModelInfer', { model_name: 'fake', inputs: [floats], outputs: classes })).toMatchObject({
    outputs: [{ datatype: 'BYTES', shape: [1, 1], contents: { bytes_contents: [Buffer.from('0.562500:9:9')] } }],
  });
});

test.each<[string, object, number, string]>([
  ['an unknown model', { model_name: 'x' }, status.NOT_FOUND, 'There is no model "x"; this server has "fake".'],
  ['no input', { model_name: 'fake' }, status.INVALID_ARGUMENT, 'inputs holds 0 tensors'],
  ['no data', { model_name: 'fake', inputs: [input] }, status.INVALID_ARGUMENT, 'inputs[0].contents is missing'],
  [
    'too few bytes',
    { model_name: 'fake', inputs: [input], raw_input_contents: [Buffer.alloc(4)] },
    status.INVALID_ARGUMENT,
    'raw_input_contents[0] is 4 bytes; FP32 [1, 28, 28, 1] is 3136 bytes.',
  ],
  [
    'too large a batch',
    { model_name: 'fake', inputs: [{ ...input, shape: [5, 784] }] },
    status.INVALID_ARGUMENT,
    'at most 4 images',
  ],
  [
    'a negative shape',
    { model_name: 'fake', inputs: [{ ...input, shape: [-1, 784] }] },
    status.INVALID_ARGUMENT,
    'inputs[0].shape is [-1, 784]',
  ],
  [
    'an unknown output',
    { model_name: 'fake', inputs: [input], raw_input_contents: [Buffer.alloc(3136)], outputs: [{ name: 'y' }] },
    status.INVALID_ARGUMENT,
    'outputs[0].name is "y"',
  ],
])('refuses %s', async (_what, request, code, message) => {
  const error = (await call('ModelInfer', request).catch((error: unknown) => error)) as ServiceError;
  expect(error.code).toBe(code);
  expect(error.details).toContain(message);
});

test('with keys: everybody may ask whether it lives, the rest needs one of them', async () => {
  expect(await call('ServerLive', {}, null, locked.address)).toEqual({ live: true });
  await expect(call('ServerMetadata', {}, null, locked.address)).rejects.toMatchObject({
    code: status.UNAUTHENTICATED,
  });
  await expect(call('ServerMetadata', {}, 'wrong1', locked.address)).rejects.toMatchObject({
    code: status.UNAUTHENTICATED,
  });
  expect(await call('ServerMetadata', {}, 'sesame', locked.address)).toMatchObject({ name: 'mnist-edge' });
});
