import fc from 'fast-check';
import { binaryBody, binaryHeader, blocksOf } from '../binary.ts';
import { goodRequest, samples } from '../rest.ts';
import { type ModelSpec, modelPath } from '../target.ts';

export interface FuzzRequest {
  /** What kind it is, for the table. */
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether it must be answered 200. */
  readonly good: boolean;
}

/** Images in the requests that others are made of. */
const BATCHES = [1, 1, 1, 2];

/** The bytes of a request, as they go over the wire. */
export function wire({ method, path, headers, body }: FuzzRequest): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body.length > 0 || method === 'POST' ? `Content-Length: ${body.length}\r\n` : '';
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: fuzz\r\n${lines.join('')}${length}\r\n`),
    body,
  ]);
}

/**
 * Requests of every kind: good ones, good ones with something changed, and nonsense; to every path of the API.
 * @param pictures good picture files, to be changed
 */
export function fuzzRequests(model: ModelSpec, pictures: readonly Buffer[]): fc.Arbitrary<FuzzRequest> {
  const infer = `${modelPath(model.name)}/infer`;
  const json = { 'Content-Type': 'application/json' };
  const post = (
    kind: string,
    path: string,
    headers: Record<string, string>,
    body: Buffer,
    good = false,
  ): FuzzRequest => ({
    kind,
    method: 'POST',
    path,
    headers,
    body,
    good,
  });
  const bodies = BATCHES.map((batch) => Buffer.from(JSON.stringify(goodRequest(model, batch))));
  const binaries = BATCHES.map((batch) => {
    const inputs = samples(model, batch);
    return binaryBody({ ...binaryHeader(inputs), parameters: { binary_data_output: true } }, blocksOf(inputs));
  });
  const binaryHeaders = (length: number | string) => ({
    'Content-Type': 'application/octet-stream',
    'Inference-Header-Content-Length': String(length),
  });

  const good = fc.oneof(
    fc.constantFrom(...bodies).map((body) => post('good JSON', infer, json, body, true)),
    fc
      .constantFrom(...binaries)
      .map(({ body, headerLength }) => post('good binary', infer, binaryHeaders(headerLength), body, true)),
  );
  const editedJson = fc
    .tuple(fc.constantFrom(...bodies), edits)
    .map(([body, changes]) => post('JSON with bytes changed', infer, json, edited(body, changes)));
  const editedBinary = fc
    .tuple(fc.constantFrom(...binaries), edits, fc.integer({ min: -3, max: 3 }))
    .map(([{ body, headerLength }, changes, off]) =>
      post('binary with bytes changed', infer, binaryHeaders(headerLength + off), edited(body, changes)),
    );
  const oddHeader = fc
    .tuple(
      fc.constantFrom(...binaries),
      fc.oneof(fc.integer().map(String), fc.constantFrom('', 'NaN', '1e3', '0x10', '+5', ' 7', '99999999999999999999')),
    )
    .map(([{ body }, length]) => post('odd header length', infer, binaryHeaders(length), body));
  const replaced = fc
    .tuple(
      fc.constantFrom('inputs', 'outputs', 'id', 'parameters', 'name', 'shape', 'datatype', 'data'),
      odd,
      fc.nat(7),
    )
    .map(([field, value, explain]) => {
      const request = goodRequest(model) as unknown as Record<string, unknown>;
      const top = ['inputs', 'outputs', 'id', 'parameters'].includes(field);
      if (top) request[field] = value;
      else (request.inputs as Record<string, unknown>[])[0]![field] = value;
      // An explanation runs the model many times over: one in eight is enough of them.
      const path = explain === 0 ? `${modelPath(model.name)}/explain` : infer;
      return post('JSON with a field replaced', path, json, Buffer.from(JSON.stringify(request) ?? ''));
    });
  const anyJson = fc
    .tuple(fc.constantFrom(infer, `${modelPath(model.name)}/explain`, '/api/recognize'), odd)
    .map(([path, value]) => post('any JSON', path, json, Buffer.from(JSON.stringify(value) ?? 'null')));
  const picture = fc
    .tuple(fc.constantFrom(...pictures), edits, fc.constantFrom('image/png', 'image/jpeg', 'application/octet-stream'))
    .map(([bytes, changes, type]) =>
      post('picture with bytes changed', '/api/recognize', { 'Content-Type': type }, edited(bytes, changes)),
    );
  const noise = fc
    .tuple(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('gzip', 'deflate', 'br', 'identity'))
    .map(([bytes, coding]) =>
      post('noise that says it is compressed', infer, { ...json, 'Content-Encoding': coding }, Buffer.from(bytes)),
    );
  const anyPath = fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'),
      fc.constantFrom('/v2', '/v2/health/', '/v2/models/', `${modelPath(model.name)}/`, '/api/', '/model/', '/'),
      fc.oneof(
        fc.string({ maxLength: 30 }).map(encodeURIComponent),
        fc.constantFrom(
          'live',
          'ready',
          'infer',
          'versions/1',
          '%2e%2e%2f',
          '%00',
          '%ff',
          '__proto__',
          'constructor',
          '?x=1',
        ),
      ),
    )
    .map(
      ([method, start, rest]): FuzzRequest => ({
        kind: 'any method and path',
        method,
        path: start + rest,
        headers: {},
        body: method === 'POST' ? bodies[0]! : Buffer.alloc(0),
        good: false,
      }),
    );
  return fc.oneof(
    { weight: 6, arbitrary: good },
    { weight: 3, arbitrary: editedJson },
    { weight: 3, arbitrary: editedBinary },
    { weight: 2, arbitrary: oddHeader },
    { weight: 4, arbitrary: replaced },
    { weight: 2, arbitrary: anyJson },
    { weight: 1, arbitrary: picture },
    { weight: 1, arbitrary: noise },
    { weight: 3, arbitrary: anyPath },
  );
}

/** A place, as a share of the length; how many bytes go; what comes there. */
const edits = fc.array(
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(4), fc.uint8Array({ maxLength: 4 })),
  { minLength: 1, maxLength: 3 },
);

function edited(body: Buffer, changes: readonly (readonly [number, number, Uint8Array])[]): Buffer {
  return changes.reduce((bytes, [share, gone, added]) => {
    const at = Math.floor(share * bytes.length);
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + gone)]);
  }, body);
}

/** Any JSON, and what is known to be a nuisance. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    -1,
    2 ** 53,
    1e308,
    [2 ** 31, 2 ** 31],
    [1, 28, 28, 1],
    [-1, 784],
    [],
    {},
    '',
    'FP32',
    'UINT8',
    'BYTES',
    ['__proto__'],
    { ['__proto__']: { polluted: true } },
    { classification: 3 },
    { binary_data_output: true },
    { binary_data_size: 3136 },
    [{ name: 'logits', parameters: { classification: 1e9 } }],
    [{ name: 'probabilities', parameters: { binary_data: true, classification: 2 } }],
  ),
);
