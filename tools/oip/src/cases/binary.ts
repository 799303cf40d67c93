import { deflateSync, gzipSync } from 'node:zlib';
import { binaryBody, binaryHeader, blocksOf, inferBinary, postBinary, readMixed } from '../binary.ts';
import { type Case, casesOf, expect, NotApplicable, shown } from '../case.ts';
import { cite, type Rule } from '../documents.ts';
import { expectError, expectStatus, jsonObject } from '../http.ts';
import { expectSame, goodRequest, infer, outputNamed, postInfer, samples } from '../rest.ts';
import { isBatched, type Target } from '../target.ts';
import { SIZES } from '../tensor.ts';
import { isJsonType } from './health.ts';
import { codingOf, withoutCoding } from './http.ts';

const binary = casesOf('binary');
const request = cite('BINARY', 'Binary Tensor Request');
const headers = cite('BINARY', 'Binary Tensor Request: Inference-Header-Content-Length must be provided');
const raw = cite('BINARY', 'Raw Binary Request');

const json = (t: Target, batch = 1) => infer(t, goodRequest(t.model, batch));
const allBinary = (t: Target) => t.model.outputs.map(({ name }) => ({ name, parameters: { binary_data: true } }));

export const binaryCases: readonly Case[] = [
  binary('advertised', 'the server metadata lists "binary_tensor_data"', cite('BINARY', 'Introduction'), async (t) => {
    expect(t.extensions.includes('binary_tensor_data'), () => `the extensions are ${shown(t.extensions)}`);
  }),
  binary('input', 'binary inputs are the same as JSON ones', request, async (t) => {
    expectSame(readMixed(await inferBinary(t, samples(t.model))), await json(t), 'binary inputs', 0);
  }),
  binary('input-batch', 'so are binary inputs of three rows', request, async (t) => {
    if (!isBatched(t.model)) throw new NotApplicable('the first axis of the inputs does not vary');
    expectSame(readMixed(await inferBinary(t, samples(t.model, 3))), await json(t, 3), 'three rows', 0);
  }),
  binary('json-answer', 'without being asked for, no output is binary', request, async (t) => {
    const answer = await inferBinary(t, samples(t.model));
    expect(isJsonType(answer.headers['content-type']), () => `the type is ${shown(answer.headers['content-type'])}`);
    expect(
      jsonOutputs(jsonObject(answer)).every((output) => 'data' in output),
      () => 'an output has no data',
    );
  }),
  binary('output', 'binary_data: true on an output returns it as binary data', request, async (t) => {
    const answer = await inferBinary(t, samples(t.model), { outputs: allBinary(t) });
    expectSame(readMixed(answer), await json(t), 'binary outputs', 1e-7);
  }),
  binary('output-header', 'the answer then says how long its JSON object is', headers, async (t) => {
    const answer = await inferBinary(t, samples(t.model), { outputs: allBinary(t) });
    const length = answer.headers['inference-header-content-length'];
    expect(length !== undefined, () => 'there is no Inference-Header-Content-Length');
    jsonObject({ body: answer.body.subarray(0, Number(length)) });
  }),
  binary('output-type', 'the answer then is application/octet-stream', cite('BINARY', 'Examples'), async (t) => {
    const type = (await inferBinary(t, samples(t.model), { outputs: allBinary(t) })).headers['content-type'];
    expect(/^application\/octet-stream\b/i.test(type ?? ''), () => `the Content-Type is ${shown(type)}`);
  }),
  binary('output-length', 'Content-Length is that of JSON and binary data together', headers, async (t) => {
    const answer = await inferBinary(t, samples(t.model), { outputs: allBinary(t) });
    const length = answer.headers['content-length'];
    if (length === undefined) throw new NotApplicable('the answer comes in chunks');
    readMixed(answer);
    expect(Number(length) === answer.body.length, () => `${length}, and the body has ${answer.body.length} bytes`);
  }),
  binary('output-size', 'binary_data_size is elements times the size of one', request, async (t) => {
    const answer = readMixed(await inferBinary(t, samples(t.model), { outputs: allBinary(t) }));
    for (const { name, datatype, elements, parameters } of answer.outputs) {
      if (datatype === 'BYTES') continue;
      const expected = elements.length * SIZES[datatype]!;
      expect(parameters.binary_data_size === expected, () => `"${name}": ${shown(parameters)}, expected ${expected}`);
    }
  }),
  binary('output-no-data', 'a binary output has no "data"', cite('BINARY', 'Examples'), async (t) => {
    readMixed(await inferBinary(t, samples(t.model), { outputs: allBinary(t) }));
  }),
  binary('outputs-reversed', 'binary data comes in the order of the outputs in the answer', request, async (t) => {
    const answer = await inferBinary(t, samples(t.model), { outputs: allBinary(t).reverse() });
    expectSame(readMixed(answer), await json(t), 'binary outputs in another order', 1e-7);
  }),
  binary('all-outputs', 'binary_data_output: true returns all outputs as binary data', request, async (t) => {
    const answer = await inferBinary(t, samples(t.model), { parameters: { binary_data_output: true } });
    const mixed = readMixed(answer);
    for (const { name, parameters } of mixed.outputs) {
      expect('binary_data_size' in parameters, () => `output "${name}" is not binary`);
    }
    expectSame(mixed, await json(t), 'binary_data_output', 1e-7);
  }),
  binary('all-outputs-false', 'binary_data_output: false returns them as JSON', request, async (t) => {
    const answer = await inferBinary(t, samples(t.model), { parameters: { binary_data_output: false } });
    expectSame(readMixed({ ...answer, headers: {} }), await json(t), 'binary_data_output: false', 0);
  }),
  binary('override-off', 'binary_data: false on an output overrides binary_data_output', request, async (t) => {
    const [first, ...others] = t.model.outputs.map(({ name }) => ({ name, parameters: {} as Record<string, unknown> }));
    first!.parameters.binary_data = false;
    const answer = readMixed(
      await inferBinary(t, samples(t.model), {
        parameters: { binary_data_output: true },
        outputs: [first!, ...others],
      }),
    );
    expect(!('binary_data_size' in outputNamed(answer, first!.name).parameters), () => `"${first!.name}" is binary`);
    for (const { name } of others) {
      expect('binary_data_size' in outputNamed(answer, name).parameters, () => `"${name}" is not binary`);
    }
    expectSame(answer, await json(t), 'mixed outputs', 1e-7);
  }),
  binary('override-on', 'binary_data: true on an output overrides binary_data_output: false', request, async (t) => {
    const [first] = allBinary(t);
    const parameters = { binary_data_output: false };
    const answer = readMixed(await inferBinary(t, samples(t.model), { parameters, outputs: [first!] }));
    expect('binary_data_size' in outputNamed(answer, first!.name).parameters, () => `"${first!.name}" is not binary`);
  }),
  binary('json-in-binary-out', 'a JSON request may ask for binary outputs', request, async (t) => {
    const answer = await postInfer(t, { ...goodRequest(t.model), outputs: allBinary(t) });
    expectStatus(answer, 200);
    expectSame(readMixed(answer), await json(t), 'JSON in, binary out', 1e-7);
  }),
  binary('header-with-json', 'the header may be given where all inputs are JSON', headers, async (t) => {
    const { body, headerLength } = binaryBody(goodRequest(t.model), []);
    const answer = await postBinary(t, body, headerLength);
    expectStatus(answer, 200);
    expectSame(readMixed(answer), await json(t), 'header with JSON', 0);
  }),
  binary('id', 'the id comes back beside binary data', cite('REST', 'Inference Request JSON Object'), async (t) => {
    const answer = readMixed(await inferBinary(t, samples(t.model), { id: 'binary 7', outputs: allBinary(t) }));
    expect(answer.json.id === 'binary 7', () => `"id" is ${shown(answer.json.id)}`);
  }),
  binary('utf8-header', 'the header counts bytes, not letters', headers, async (t) => {
    const answer = readMixed(
      await inferBinary(t, samples(t.model), { id: 'Größe ✍️', parameters: { binary_data_output: true } }),
    );
    expect(answer.json.id === 'Größe ✍️', () => `"id" is ${shown(answer.json.id)}`);
  }),
  binary('odd-offset', 'binary data may begin at any byte', request, async (t) => {
    for (let pad = 0; pad < 4; pad++) {
      const inputs = samples(t.model);
      const header = `${JSON.stringify(binaryHeader(inputs))}${' '.repeat(pad)}`;
      const { body, headerLength } = binaryBody(header, blocksOf(inputs));
      const answer = await postBinary(t, body, headerLength);
      expectStatus(answer, 200);
      expectSame(readMixed(answer), await json(t), `${pad} spaces before the data`, 0);
    }
  }),
  binary('header-case', 'header names are case-insensitive', cite('RFC 9110', '5.1 Field Names'), async (t) => {
    const inputs = samples(t.model);
    const { body, headerLength } = binaryBody(binaryHeader(inputs), blocksOf(inputs));
    const answer = await postBinary(t, body, null, {
      headers: { 'inference-HEADER-content-length': String(headerLength) },
    });
    expectStatus(answer, 200);
    expectSame(readMixed(answer), await json(t), 'another case of the header', 0);
  }),
  binary(
    'chunked',
    'binary data may come in chunks',
    cite('RFC 9112', '7.1: MUST be able to parse chunked'),
    async (t) => {
      const inputs = samples(t.model);
      const { body, headerLength } = binaryBody(binaryHeader(inputs), blocksOf(inputs));
      const answer = await postBinary(t, body, headerLength, { chunked: true });
      expectStatus(answer, 200);
      expectSame(readMixed(answer), await json(t), 'chunked', 0);
    },
  ),
  ...(
    [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
    ] as const
  ).map(([coding, compress]) =>
    binary(
      `request-${coding}`,
      `binary data in ${coding} is read, or refused with 415; the header counts what is inside`,
      cite('RFC 9110', '8.4 Content-Encoding'),
      async (t) => {
        const inputs = samples(t.model);
        const { body, headerLength } = binaryBody(binaryHeader(inputs), blocksOf(inputs));
        const answer = await postBinary(t, compress(body), headerLength, { headers: { 'Content-Encoding': coding } });
        if (answer.status === 415) throw new NotApplicable(`the server does not take ${coding}, as it may`);
        expectStatus(answer, 200);
        expectSame(readMixed(answer), await json(t), coding, 0);
      },
    ),
  ),
  binary(
    'answer-gzip',
    'binary data may be answered in gzip',
    cite('RFC 9110', '12.5.3 Accept-Encoding'),
    async (t) => {
      const inputs = samples(t.model, 8);
      const { body, headerLength } = binaryBody(
        { ...binaryHeader(inputs), parameters: { binary_data_output: true } },
        blocksOf(inputs),
      );
      const answer = await postBinary(t, body, headerLength, { headers: { 'Accept-Encoding': 'gzip' } });
      expectStatus(answer, 200);
      expect(['gzip', 'identity'].includes(codingOf(answer)), () => `the answer is in ${codingOf(answer)}`);
      expectSame(readMixed({ ...answer, body: withoutCoding(answer) }), await json(t, 8), codingOf(answer), 1e-7);
    },
  ),
  binary('raw', 'a body of nothing but the tensor (header 0) is a batch of one', raw, async (t) => {
    const [block] = rawInput(t);
    const answer = await postBinary(t, block, 0);
    expectStatus(answer, 200);
    expectSame(readMixed(answer), await json(t), 'a raw request', 1e-7);
  }),
  binary('raw-outputs', 'all its outputs come back as binary data', raw, async (t) => {
    const [block] = rawInput(t);
    const answer = readMixed(await postBinary(t, block, 0));
    for (const { name } of t.model.outputs) {
      expect('binary_data_size' in outputNamed(answer, name).parameters, () => `"${name}" is not binary`);
    }
  }),
  binary('raw-short', 'a raw body of another size is refused', raw, async (t) => {
    const [block] = rawInput(t);
    expectError(await postBinary(t, block.subarray(1), 0));
  }),
  binary('raw-empty', 'an empty raw body is refused', raw, async (t) => {
    rawInput(t);
    expectError(await postBinary(t, Buffer.alloc(0), 0));
  }),
  ...refusals(),
];

type Fault = readonly [
  id: string,
  what: string,
  rule: Rule,
  make: (parts: { header: ReturnType<typeof binaryHeader>; blocks: Buffer[] }) => {
    header?: unknown;
    blocks?: Buffer[];
    length?: string | null;
  },
];

function refusals(): Case[] {
  const size = (change: (size: number) => unknown): Fault[3] => {
    return ({ header }) => {
      const { parameters } = header.inputs[0]!;
      parameters.binary_data_size = change(parameters.binary_data_size as number);
      return { header };
    };
  };
  const faults: readonly Fault[] = [
    ['no-header', 'binary data and no Inference-Header-Content-Length', headers, () => ({ length: null })],
    ['header-negative', 'a negative header length', headers, () => ({ length: '-1' })],
    ['header-text', 'a header length that is no number', headers, () => ({ length: 'ten' })],
    ['header-fraction', 'a header length with a fraction', headers, () => ({ length: '10.5' })],
    ['header-hex', 'a header length in hex', headers, () => ({ length: '0x40' })],
    ['header-beyond', 'a header length beyond the body', headers, () => ({ length: '1000000' })],
    ['header-huge', 'a header length of 2⁶⁴', headers, () => ({ length: '18446744073709551616' })],
    ['header-short', 'a header length that cuts the JSON', headers, () => ({ length: '20' })],
    ['data-missing', 'no data after the JSON', request, () => ({ blocks: [] })],
    [
      'data-short',
      'a byte too few',
      request,
      ({ blocks }) => ({ blocks: [...blocks.slice(0, -1), blocks.at(-1)!.subarray(1)] }),
    ],
    [
      'data-long',
      'bytes that belong to no tensor',
      request,
      ({ blocks }) => ({ blocks: [...blocks, Buffer.alloc(4)] }),
    ],
    ['size-other', 'a size that is not that of the shape', request, size((n) => n + 4)],
    ['size-zero', 'a size of 0 for a tensor that has elements', request, size(() => 0)],
    ['size-negative', 'a negative size', request, size((n) => -n)],
    ['size-fraction', 'a size with a fraction', request, size((n) => n + 0.5)],
    ['size-text', 'a size that is a string', request, size((n) => `${n} bytes`)],
    ['size-huge', 'a size of 2⁵³', request, size(() => 2 ** 53)],
    ['size-null', 'a size of null', request, size(() => null)],
    [
      'shape-huge',
      'a shape of 2⁶² elements',
      request,
      ({ header }) => {
        header.inputs[0]!.shape = [2 ** 31, 2 ** 31];
        return { header };
      },
    ],
    [
      'flag-text',
      'binary_data that is no boolean',
      request,
      ({ header }) => ({
        header: { ...header, outputs: [{ name: 'x', parameters: { binary_data: 'yes' } }] },
      }),
    ],
  ];
  return faults.map(([id, what, rule, make]) =>
    binary(`refuse-${id}`, `refused with 4xx and the error object: ${what}`, rule, async (t) => {
      const inputs = samples(t.model);
      const parts = { header: binaryHeader(inputs), blocks: blocksOf(inputs) };
      const { header = parts.header, blocks = parts.blocks, length } = make(parts);
      const { body, headerLength } = binaryBody(header, blocks);
      const answer = await postBinary(t, body, length === undefined ? headerLength : length);
      expectError(answer);
      expect(answer.status < 500, () => `status ${answer.status}`);
    }),
  );
}

/** The one input's bytes. @throws {NotApplicable} where the model does not qualify */
function rawInput({ model }: Target): [Buffer] {
  const [input, ...others] = model.inputs;
  if (others.length > 0) throw new NotApplicable('the model has more than one input');
  if (input!.shape.filter((size) => size === -1).length > 1) throw new NotApplicable('more than one axis varies');
  if (input!.datatype === 'BYTES') throw new NotApplicable('the input is BYTES');
  return [blocksOf(samples(model))[0]!];
}

function jsonOutputs({ outputs }: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(outputs) ? outputs : [];
}
