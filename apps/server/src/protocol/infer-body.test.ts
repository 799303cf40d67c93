import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../http/json.ts';
import { Refusal } from '../http/refusal.ts';
import { createShelf } from '../http/shelf.ts';
import { fakeModel } from '../testing/fake-model.ts';
import { createInferReader, mostValues } from './infer-body.ts';
import { readInferRequest } from './infer-request.ts';

const { bundle } = fakeModel();
const MOST = 3;
/** One for all: what it remembers of a request must not change the next. */
const read = createInferReader(MOST, createShelf());

type Outcome = { readonly plan: object; readonly pixels: Buffer; readonly answer: object } | string;

/** What became of a request; of a refusal its words. */
function outcome(act: () => { plan: object; images: Float32Array; answer: object }): Outcome {
  try {
    const { plan, images, answer } = act();
    return { plan, pixels: Buffer.from(images.buffer, images.byteOffset, images.byteLength), answer };
  } catch (error) {
    if (error instanceof Refusal) return `${error.status} ${error.message}`;
    throw error;
  }
}

function byReader(bytes: Buffer, jsonBytes: number | null): Outcome {
  return outcome(() => {
    const { plan, images, names, form } = read({ bytes, jsonBytes }, bundle);
    const results = names.map((_, i) => new Float32Array(10 * plan.batch).fill(i + 0.1));
    return { plan, images, answer: form(results) };
  });
}

/** By `JSON.parse` and the schema, with nothing remembered. */
function byTheBook(bytes: Buffer, jsonBytes: number | null): Outcome {
  return outcome(() => {
    const json = parseJson(jsonBytes === null ? bytes : bytes.subarray(0, jsonBytes), mostValues(MOST));
    const binary = jsonBytes === null ? undefined : bytes.subarray(jsonBytes);
    const { images, ...plan } = readInferRequest(json, bundle, MOST, binary);
    const fresh = createInferReader(MOST, createShelf())({ bytes, jsonBytes }, bundle);
    const results = fresh.names.map((_, i) => new Float32Array(10 * plan.batch).fill(i + 0.1));
    return { plan, images, answer: fresh.form(results) };
  });
}

const shapes = fc
  .tuple(fc.integer({ min: 1, max: MOST }), fc.constantFrom([28, 28, 1], [28, 28], [784]))
  .map(([batch, axes]) => [batch, ...axes]);
const tensors = shapes.chain((shape) =>
  fc.record({
    name: fc.constantFrom('image', 'image', 'image', 'other', 'data'),
    datatype: fc.constantFrom('FP32', 'FP32', 'UINT8', 'INT64'),
    shape: fc.constant(shape),
    seed: fc.nat(1000),
  }),
);
const requests = fc.record(
  {
    id: fc.oneof(fc.string(), fc.constantFrom('a"data":[0]', 'é漢', '__proto__')),
    parameters: fc.constantFrom({}, { binary_data_output: true }, { timeout: 5, other: { data: 1 } }),
    outputs: fc.constantFrom(
      [{ name: 'logits' }],
      [{ name: 'probabilities', parameters: { binary_data: true } }, { name: 'logits' }],
      [{ name: 'logits', parameters: { classification: 3 } }],
      [{ name: 'data' }],
    ),
  },
  { requiredKeys: [] },
);

/** Numbers that are right for the datatype, most of them 0 as in an image. */
function numbersOf({ datatype, shape, seed }: { datatype: string; shape: number[]; seed: number }): number[] {
  const count = shape.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, i) => {
    const byte = (i * seed) % 7 === 0 ? (i * 7919 + seed) % 256 : 0;
    return datatype === 'UINT8' ? byte : seed % 2 === 0 ? byte / 255 : Math.fround(byte / 255);
  });
}

const edits = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(3),
    fc.string({ unit: fc.constantFrom(...'01.e-,[]{}":\\ d'), maxLength: 3 }),
  ),
  { maxLength: 2 },
);

function edited(text: string, changes: readonly (readonly [number, number, string])[]): string {
  return changes.reduce((old, [share, gone, added]) => {
    const at = Math.floor(share * old.length);
    return old.slice(0, at) + added + old.slice(at + gone);
  }, text);
}

test('JSON: what the reader makes of it is what the schema and JSON.parse make of it, refusals among it', () => {
  let plain = 0;
  fc.assert(
    fc.property(requests, tensors, fc.constantFrom(0, 1, '\n'), edits, (request, tensor, indent, changes) => {
      const { seed: _, ...input } = tensor;
      const json = JSON.stringify({ ...request, inputs: [{ ...input, data: numbersOf(tensor) }] }, null, indent);
      const bytes = Buffer.from(edited(json, changes));
      const expected = byTheBook(bytes, null);
      if (typeof expected !== 'string') plain++;
      expect(byReader(bytes, null)).toEqual(expected);
      // Now it remembers the envelope.
      expect(byReader(bytes, null)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
  expect(plain).toBeGreaterThan(0);
});

test('bytes behind the JSON: likewise', () => {
  let plain = 0;
  const sizes = fc.constantFrom(0, 0, 0, 1, -4);
  fc.assert(
    fc.property(requests, tensors, edits, sizes, sizes, (request, tensor, changes, more, off) => {
      const { seed: _, ...input } = tensor;
      const numbers = numbersOf(tensor);
      const tail = Buffer.from((tensor.datatype === 'UINT8' ? Uint8Array : Float32Array).from(numbers).buffer);
      const parameters = { binary_data_size: tail.length + off };
      const json = Buffer.from(edited(JSON.stringify({ ...request, inputs: [{ ...input, parameters }] }), changes));
      const bytes = Buffer.concat([json, tail, Buffer.alloc(Math.max(0, more))]);
      const expected = byTheBook(bytes, json.length);
      if (typeof expected !== 'string') plain++;
      expect(byReader(bytes, json.length)).toEqual(expected);
      expect(byReader(bytes, json.length)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
  expect(plain).toBeGreaterThan(0);
});

const data = JSON.stringify(new Array(784).fill(0));
const head = '{"name":"image","datatype":"FP32","shape":[1,784]';

test.each<[string, string, boolean]>([
  ['data twice, the last counts', `{"inputs":[${head},"data":${data},"data":[1]}]}`, false],
  ['data twice, one of them escaped', `{"inputs":[${head},"data":${data},"d\\u0061ta":[1]}]}`, false],
  ['data that is not the input’s', `{"x":{"data":${data}},"inputs":[${head},"data":null}]}`, false],
  ['data that is not the input’s, and no other', `{"x":{"data":${data}},"inputs":[${head}}]}`, false],
  ['inputs twice, the last counts', `{"inputs":[${head},"data":${data}}],"inputs":[]}`, false],
  ['inputs twice, the last has the data', `{"inputs":7,"inputs":[${head},"data":${data}}]}`, true],
  ['two inputs', `{"inputs":[${head},"data":${data}},${head}}]}`, false],
  ['digits behind the bracket', `{"inputs":[${head},"data":${data}e5}]}`, false],
  ['a number behind the bracket', `{"inputs":[${head},"data":${data}.0}]}`, false],
  ['two brackets', `{"inputs":[${head},"data":${data}]}]}`, false],
  ['a comma at the end', `{"inputs":[${head},"data":${data.replace(']', ',]')}}]}`, false],
  ['a size of no bytes beside it', `{"inputs":[${head},"parameters":{"binary_data_size":0},"data":${data}}]}`, false],
  ['nested 40 deep beside it', `{"x":${'['.repeat(40)}${']'.repeat(40)},"inputs":[${head},"data":${data}}]}`, false],
  ['spaces wherever they may be', `{ "inputs" : [ ${head} , "data" :\n ${data.replaceAll(',', ' ,\t')} } ] } `, true],
  ['nested rows', `{"inputs":[${head.replace('784', '28,28')},"data":${JSON.stringify(rows())}}]}`, true],
  ['__proto__', `{"__proto__":{"inputs":[]},"inputs":[${head},"data":${data}}]}`, true],
])('%s', (_, text, good) => {
  const bytes = Buffer.from(text);
  const expected = byTheBook(bytes, null);
  expect(typeof expected !== 'string').toBe(good);
  expect(byReader(bytes, null)).toEqual(expected);
});

function rows(): number[][][] {
  return [Array.from({ length: 28 }, () => new Array<number>(28).fill(0.25))];
}
