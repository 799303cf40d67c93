import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Model, Reading } from './api.ts';
import { askServer } from './compare.ts';

let server: Server;
let base: URL;
let model: Model;
/** What the next question is answered with. */
let probabilities: number[] = [];
let asked: { inputs: { shape: number[]; data: number[] }[] };

beforeAll(async () => {
  model = JSON.parse(await readFile(resolve(import.meta.dirname, '../../../models/digits/bundle.json'), 'utf8'));
  server = createServer(async (request, response) => {
    if (request.url === '/model/bundle.json') return response.end(JSON.stringify(model));
    if (request.url !== `/v2/models/${model.name}/infer`) return response.writeHead(404).end();
    let body = '';
    for await (const chunk of request) body += chunk;
    asked = JSON.parse(body);
    return response.end(JSON.stringify({ outputs: [{ name: 'probabilities', data: probabilities }] }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterAll(() => server?.close());

const seven = [0, 0, 0, 0, 0, 0, 0, 0.9, 0.1, 0];
const reading: Reading = {
  label: '7',
  rejection: null,
  tooMany: null,
  digits: [
    {
      label: '7',
      index: 7,
      probabilities: seven,
      rejection: null,
      image: new Uint8Array(784).fill(255),
      box: { left: 0, top: 0, width: 1, height: 1 },
    },
  ],
};

describe('the server', () => {
  test('is asked for the very pixels that the net saw, and its answer stands beside the browser’s', async () => {
    probabilities = [0, 0, 0, 0, 0, 0, 0, 0.85, 0.15, 0];
    const [answers] = await askServer(base, model, reading);
    expect(asked.inputs[0]!.shape).toEqual([1, 28, 28, 1]);
    expect(asked.inputs[0]!.data).toEqual(Array(784).fill(1));
    expect(answers!.browser).toEqual({ label: '7', probability: 0.9 });
    expect(answers!.server).toEqual({ label: '7', probability: 0.85 });
    expect(answers!.difference).toBeCloseTo(0.05);
  });

  test('that runs another model is not compared with', async () => {
    const other: Model = { ...model, files: { [model.model]: { bytes: 1, sha256: 'f'.repeat(64) } } };
    await expect(askServer(base, other, reading)).rejects.toThrow('does not run this page’s digits'.replace('’', "'"));
  });

  test('that is not there is an error', async () => {
    await expect(askServer(new URL('http://127.0.0.1:1/'), model, reading)).rejects.toThrow();
  });
});
