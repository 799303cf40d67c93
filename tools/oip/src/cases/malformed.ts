import { type Case, casesOf, expect, NotApplicable } from '../case.ts';
import { cite, type Rule } from '../documents.ts';
import { type Answer, ask, expectError, expectStatus } from '../http.ts';
import { goodRequest, isNumeric, type JsonRequest, postInfer } from '../rest.ts';
import { modelPath, type Target } from '../target.ts';
import { NO_SUCH_MODEL, NO_SUCH_VERSION, otherCase } from './health.ts';

const rest = casesOf('rest');

const requestObject = cite('REST', 'Inference Request JSON Object; errors: Inference Response JSON Error Object');
const requestInput = cite('REST', 'Request Input; errors: Inference Response JSON Error Object');
const requestOutput = cite('REST', 'Request Output; errors: Inference Response JSON Error Object');
const requestParameters = cite('REST', 'Parameters; errors: Inference Response JSON Error Object');
const caseSensitive = cite('V2', 'HTTP/REST: all strings in all contexts are case-sensitive');

/** What is wrong with a request, and how to make it so: a body to be sent as JSON, or a string to be sent as it is. */
type Fault = readonly [id: string, what: string, rule: Rule, make: (request: JsonRequest, t: Target) => unknown];

const faults: readonly Fault[] = [
  ['empty-body', 'an empty body', requestObject, () => ''],
  ['not-json', 'a body that is not JSON', requestObject, () => 'image=7'],
  ['cut-json', 'JSON that is cut short', requestObject, (r) => JSON.stringify(r).slice(0, -2)],
  ['two-documents', 'two JSON documents', cite('RFC 8259', '2 JSON Grammar'), (r) => JSON.stringify(r).repeat(2)],
  ['trailing-comma', 'a trailing comma', cite('RFC 8259', '4 Objects'), (r) => JSON.stringify(r).replace(/}$/, ',}')],
  [
    'nan',
    'a bare NaN',
    cite('RFC 8259', '6 Numbers'),
    (r) => JSON.stringify(r).replace(/"data":\[[^,\]]*/, '"data":[NaN'),
  ],
  ['array', 'an array', requestObject, (r) => [r]],
  ['null', 'null', requestObject, () => 'null'],
  ['string', 'a string', requestObject, () => '"inputs"'],
  ['number', 'a number', requestObject, () => '7'],
  ['no-inputs', 'no "inputs"', requestObject, () => ({ id: '1' })],
  ['inputs-object', '"inputs" as an object', requestObject, (r) => ({ inputs: { ...r.inputs } })],
  ['inputs-null', '"inputs" as null', requestObject, () => ({ inputs: null })],
  ['inputs-empty', 'an empty "inputs"', requestObject, () => ({ inputs: [] })],
  ['id-number', 'an "id" that is a number', requestObject, (r) => ({ ...r, id: 42 })],
  ['id-object', 'an "id" that is an object', requestObject, (r) => ({ ...r, id: {} })],
  ['input-null', 'an input that is null', requestInput, () => ({ inputs: [null] })],
  ['input-string', 'an input that is a string', requestInput, (r) => ({ inputs: [r.inputs[0]!.name] })],
  ['no-name', 'an input with no name', requestInput, first(({ name: _, ...rest }) => rest)],
  ['name-number', 'a name that is a number', requestInput, first((input) => ({ ...input, name: 7 }))],
  [
    'name-unknown',
    'a name that the model has not',
    requestInput,
    first((input) => ({ ...input, name: 'no-such-input' })),
  ],
  [
    'name-case',
    'a name in the other case',
    caseSensitive,
    first((input) => ({ ...input, name: otherCase(input.name) })),
  ],
  ['input-twice', 'an input given twice', requestInput, (r) => ({ inputs: [...r.inputs, r.inputs[0]] })],
  [
    'input-extra',
    'an input too many',
    requestInput,
    (r) => ({ inputs: [...r.inputs, { ...r.inputs[0], name: 'extra' }] }),
  ],
  ['no-shape', 'an input with no shape', requestInput, first(({ shape: _, ...rest }) => rest)],
  ['shape-number', 'a shape that is a number', requestInput, first((input) => ({ ...input, shape: 784 }))],
  ['shape-empty', 'a shape of no axes', requestInput, first((input) => ({ ...input, shape: [] }))],
  [
    'shape-negative',
    'a negative size',
    requestInput,
    first((input) => ({ ...input, shape: input.shape.map((n) => -n) })),
  ],
  [
    'shape-minus-one',
    '-1 as a size',
    requestInput,
    first((input) => ({ ...input, shape: [-1, ...input.shape.slice(1)] })),
  ],
  [
    'shape-fraction',
    'a size that is no whole number',
    requestInput,
    first((i) => ({ ...i, shape: [1.5, ...i.shape.slice(1)] })),
  ],
  [
    'shape-strings',
    'sizes that are strings',
    requestInput,
    first((i) => ({ ...i, shape: i.shape.map((n) => `${n}x`) })),
  ],
  ['shape-nested', 'a nested shape', requestInput, first((input) => ({ ...input, shape: [input.shape] }))],
  [
    'shape-larger',
    'a shape that says more than the data holds',
    requestInput,
    first((i) => ({ ...i, shape: [i.shape[0]! + 1, ...i.shape.slice(1)] })),
  ],
  [
    'shape-huge',
    'a shape of 2⁶² elements',
    requestInput,
    first((i) => ({ ...i, shape: [2 ** 31, 2 ** 31, ...i.shape.slice(2)] })),
  ],
  [
    'shape-overflow',
    'sizes whose product wraps around 64 bits to the right count',
    requestInput,
    (r) =>
      JSON.stringify(first((i) => ({ ...i, shape: ['#', ...i.shape.slice(1)] }))(r)).replace(
        '"#"',
        '18446744073709551617',
      ),
  ],
  [
    'shape-1e400',
    'a size of 1e400',
    requestInput,
    (r) => JSON.stringify(first((i) => ({ ...i, shape: ['#', ...i.shape.slice(1)] }))(r)).replace('"#"', '1e400'),
  ],
  ['shape-axes', 'an axis too many', requestInput, first((input) => ({ ...input, shape: [...input.shape, 2] }))],
  ['no-datatype', 'an input with no data type', requestInput, first(({ datatype: _, ...rest }) => rest)],
  ['datatype-number', 'a data type that is a number', requestInput, first((input) => ({ ...input, datatype: 32 }))],
  [
    'datatype-unknown',
    'a data type that there is not',
    cite('GRPC', 'Tensor Data Types'),
    first((input) => ({ ...input, datatype: 'FP99' })),
  ],
  [
    'datatype-case',
    'a data type in lower case',
    caseSensitive,
    first((i) => ({ ...i, datatype: i.datatype.toLowerCase() })),
  ],
  [
    'datatype-other',
    'a data type that the model does not take',
    requestInput,
    first((i) => ({ ...i, datatype: i.datatype === 'BYTES' ? 'FP32' : 'BYTES' })),
  ],
  ['no-data', 'an input with no data', requestInput, first(({ data: _, ...rest }) => rest)],
  ['data-null', 'data that is null', requestInput, first((input) => ({ ...input, data: null }))],
  [
    'data-string',
    'data that is a string',
    cite('REST', 'Tensor Data: provided in a JSON array'),
    first((input) => ({ ...input, data: '0,0,0' })),
  ],
  [
    'data-object',
    'data that is an object',
    cite('REST', 'Tensor Data: provided in a JSON array'),
    first((i) => ({ ...i, data: { ...(i.data as unknown[]) } })),
  ],
  ['data-empty', 'no elements', requestInput, first((input) => ({ ...input, data: [] }))],
  ['data-short', 'an element too few', requestInput, first((i) => ({ ...i, data: (i.data as unknown[]).slice(1) }))],
  [
    'data-long',
    'an element too many',
    requestInput,
    first((i) => ({ ...i, data: [...(i.data as unknown[]), (i.data as unknown[])[0]] })),
  ],
  [
    'data-ragged',
    'rows of unequal length',
    cite('REST', 'Tensor Data'),
    first((i) => ({ ...i, data: [(i.data as unknown[]).slice(1), [(i.data as unknown[])[0], 0]] })),
  ],
  [
    'data-null-element',
    'an element that is null',
    cite('REST', 'Tensor Data'),
    first((i) => ({ ...i, data: [null, ...(i.data as unknown[]).slice(1)] })),
  ],
  [
    'data-object-element',
    'an element that is an object',
    cite('REST', 'Tensor Data'),
    first((i) => ({ ...i, data: [{}, ...(i.data as unknown[]).slice(1)] })),
  ],
  [
    'data-text',
    'a text where a number should be',
    cite('REST', 'Tensor Data'),
    (r, t) => {
      if (!isNumeric(t.model.inputs[0]!.datatype)) throw new NotApplicable('the first input is not numeric');
      return first((i) => ({ ...i, data: ['seven', ...(i.data as unknown[]).slice(1)] }))(r);
    },
  ],
  ['outputs-object', '"outputs" as an object', requestOutput, (r) => ({ ...r, outputs: {} })],
  [
    'outputs-strings',
    'outputs that are strings',
    requestOutput,
    (r, t) => ({ ...r, outputs: t.model.outputs.map((o) => o.name) }),
  ],
  ['output-no-name', 'an output with no name', requestOutput, (r) => ({ ...r, outputs: [{}] })],
  [
    'output-unknown',
    'an output that the model has not',
    requestOutput,
    (r) => ({ ...r, outputs: [{ name: 'no-such-output' }] }),
  ],
  [
    'output-case',
    'an output in the other case',
    caseSensitive,
    (r, t) => ({ ...r, outputs: [{ name: otherCase(t.model.outputs[0]!.name) }] }),
  ],
  ['parameters-array', '"parameters" as an array', requestParameters, (r) => ({ ...r, parameters: [1] })],
  ['parameters-string', '"parameters" as a string', requestParameters, (r) => ({ ...r, parameters: 'none' })],
  [
    'input-parameters-string',
    'parameters of an input as a string',
    requestParameters,
    first((i) => ({ ...i, parameters: 'none' })),
  ],
  [
    'deep',
    'data nested 100,000 deep',
    cite('REST', 'Tensor Data'),
    (r) => JSON.stringify(r).replace(/"data":\[/, `"data":${'['.repeat(100_000)}`),
  ],
];

export const malformedCases: readonly Case[] = [
  ...faults.map(([id, what, rule, make]) =>
    rest(`refuse-${id}`, `refused with an error status and object: ${what}`, rule, async (t) => {
      expectError(await postInfer(t, make(goodRequest(t.model), t)));
    }),
  ),
  rest(
    'refuse-unknown-model',
    'refused with an error status and object: a model that is not there',
    requestObject,
    async (t) => {
      expectError(await postInfer(t, goodRequest(t.model), { path: `${modelPath(NO_SUCH_MODEL)}/infer` }));
    },
  ),
  rest('refuse-unknown-version', 'refused likewise: a version that is not there', requestObject, async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    const path = `${modelPath(t.model.name, NO_SUCH_VERSION)}/infer`;
    expectError(await postInfer(t, goodRequest(t.model), { path }));
  }),
  rest(
    'refuse-as-client-error',
    'none of these faults, all the sender’s, is answered 5xx',
    cite('RFC 9110', '15.6 Server Error 5xx: failed to fulfill an apparently valid request'),
    async (t) => {
      const wrong: string[] = [];
      for (const [id, , , make] of faults) {
        let answer: Answer;
        try {
          answer = await postInfer(t, make(goodRequest(t.model), t));
        } catch {
          continue;
        }
        if (answer.status >= 500) wrong.push(`${id} (${answer.status})`);
      }
      expect(wrong.length === 0, () => `answered 5xx: ${wrong.join(', ')}`);
    },
  ),
  rest(
    'live-after-refusals',
    'after all of that the server is live, and answers as before',
    cite('REST', 'API Definitions, Server Live'),
    async (t) => {
      expectStatus(await ask(t.url, { path: '/v2/health/live' }), 200);
      expectStatus(await postInfer(t, goodRequest(t.model)), 200);
    },
  ),
];

/** The request with its first input changed. */
function first(change: (input: JsonRequest['inputs'][number]) => unknown) {
  return (request: JsonRequest) => ({ ...request, inputs: [change(request.inputs[0]!), ...request.inputs.slice(1)] });
}
