import { type Case, casesOf, expect, NotApplicable, shown } from '../case.ts';
import { cite } from '../documents.ts';
import { expectError, expectStatus, jsonObject } from '../http.ts';
import {
  expectSame,
  goodRequest,
  type InferAnswer,
  infer,
  isNumeric,
  type JsonRequest,
  outputNamed,
  postInfer,
  readInferAnswer,
  samples,
} from '../rest.ts';
import { isBatched, modelPath, type Target } from '../target.ts';
import { nest, type TensorSpec } from '../tensor.ts';
import { isJsonType } from './health.ts';

const rest = casesOf('rest');
const requestObject = cite('REST', 'Inference Request JSON Object');
const responseObject = cite('REST', 'Inference Response JSON Object');
const requestInput = cite('REST', 'Request Input');
const requestOutput = cite('REST', 'Request Output');
const responseOutput = cite('REST', 'Response Output');
const parameters = cite('REST', 'Parameters');
const tensorData = cite('REST', 'Tensor Data');

const plain = (t: Target) => infer(t, goodRequest(t.model));

export const inferCases: readonly Case[] = [
  rest('infer', 'a good request is answered 200', responseObject, async (t) => {
    expectStatus(await postInfer(t, goodRequest(t.model)), 200);
  }),
  rest('infer-type', 'the answer says that it is JSON', cite('REST', 'Inference Request Examples'), async (t) => {
    const { headers } = await postInfer(t, goodRequest(t.model));
    expect(isJsonType(headers['content-type']), () => `the Content-Type is ${shown(headers['content-type'])}`);
  }),
  rest(
    'infer-length',
    'Content-Length, where it is given, is the length of the body',
    cite('RFC 9110', '8.6 Content-Length'),
    async (t) => {
      const { headers, body } = await postInfer(t, goodRequest(t.model));
      const length = headers['content-length'];
      if (length === undefined) throw new NotApplicable('the answer comes in chunks');
      expect(Number(length) === body.length, () => `Content-Length is ${length}, the body has ${body.length} bytes`);
    },
  ),
  rest('infer-model-name', '"model_name" is the model that was asked', responseObject, async (t) => {
    const { json } = await plain(t);
    expect(json.model_name === t.model.name, () => `"model_name" is ${shown(json.model_name)}`);
  }),
  rest('infer-model-version', '"model_version" is one of the listed versions', responseObject, async (t) => {
    const { model_version: version } = (await plain(t)).json;
    if (t.model.versions.length === 0) {
      expect(version === undefined || typeof version === 'string', () => `"model_version" is ${shown(version)}`);
      return;
    }
    expect(t.model.versions.includes(String(version)), () => `"model_version" is ${shown(version)}`);
  }),
  rest('infer-each-version', 'each listed version answers at its own path', cite('REST', 'HTTP/REST'), async (t) => {
    if (t.model.versions.length === 0) throw new NotApplicable('the server lists no versions');
    for (const version of t.model.versions) {
      const path = `${modelPath(t.model.name, version)}/infer`;
      const { json } = await infer(t, goodRequest(t.model), { path });
      expect(json.model_version === version, () => `"model_version" is ${shown(json.model_version)}, not ${version}`);
    }
  }),
  ...[
    ['short', '42'],
    ['unicode', 'Ziffer √7 · 数字 ✍️'],
    ['escapes', '"\\/\b\f\n\r\t\u0001\u2028'],
    ['long', 'x'.repeat(1000)],
  ].map(([what, id]) =>
    rest(`infer-id-${what}`, `an id comes back as it was (${what})`, requestObject, async (t) => {
      const { json } = await infer(t, { ...goodRequest(t.model), id: id! });
      expect(json.id === id, () => `"id" is ${shown(json.id)}`);
    }),
  ),
  rest('infer-no-id', '"id" of the answer is a string or missing where none was given', responseObject, async (t) => {
    const { json } = await plain(t);
    expect(json.id === undefined || typeof json.id === 'string', () => `"id" is ${shown(json.id)}`);
  }),
  rest(
    'infer-parameters',
    '"parameters" of the answer, where it is given, is an object of scalars',
    parameters,
    async (t) => {
      const { json } = await plain(t);
      if (json.parameters === undefined || json.parameters === null) return;
      const scalars = Object.values(json.parameters).every((value) =>
        ['string', 'number', 'boolean'].includes(typeof value),
      );
      expect(scalars, () => `"parameters" is ${shown(json.parameters)}`);
    },
  ),
  rest('infer-all-outputs', 'without "outputs" all outputs of the model come back', requestObject, async (t) => {
    const answer = await plain(t);
    for (const { name } of t.model.outputs) outputNamed(answer, name);
  }),
  rest('infer-output-datatypes', 'each output has the data type of the metadata', responseOutput, async (t) => {
    const answer = await plain(t);
    for (const { name, datatype } of t.model.outputs) {
      const found = outputNamed(answer, name).datatype;
      expect(found === datatype, () => `"${name}" is ${found}; the metadata says ${datatype}`);
    }
  }),
  rest('infer-output-shapes', 'each output has the shape of the metadata', responseOutput, async (t) => {
    const answer = await plain(t);
    for (const spec of t.model.outputs) expectShape(outputNamed(answer, spec.name).shape, spec);
  }),
  rest('infer-output-elements', 'each output holds as many elements as its shape says', responseOutput, async (t) => {
    await plain(t);
  }),
  rest('infer-output-types', 'elements are of the JSON type of their data type', tensorData, async (t) => {
    for (const { name, datatype, elements } of (await plain(t)).outputs) {
      const type = datatype === 'BYTES' ? 'string' : datatype === 'BOOL' ? 'boolean' : 'number';
      const wrong = elements.find((value) => typeof value !== type);
      expect(wrong === undefined, () => `"${name}" is ${datatype} and holds ${shown(wrong)}`);
    }
  }),
  rest('infer-first-output', 'the first output alone comes back where it alone is requested', requestOutput, (t) =>
    expectOnly(t, t.model.outputs[0]!),
  ),
  rest('infer-last-output', 'so does the last', requestOutput, (t) => expectOnly(t, t.model.outputs.at(-1)!)),
  rest('infer-outputs-reversed', 'outputs may be requested in any order', requestOutput, async (t) => {
    const outputs = [...t.model.outputs].reverse().map(({ name }) => ({ name }));
    expectSame(await infer(t, { ...goodRequest(t.model), outputs }), await plain(t), 'reversed');
  }),
  rest('infer-nested', 'nested data is the same as flat data', tensorData, async (t) => {
    const nested = samples(t.model).map(({ name, shape, datatype, elements }) => ({
      name,
      shape,
      datatype,
      data: nest(elements, shape),
    }));
    expectSame(await infer(t, { inputs: nested }), await plain(t), 'nested data', 0);
  }),
  ...[2, 3, 8].map((rows) =>
    rest(`infer-batch-${rows}`, `${rows} rows in one request give ${rows} rows`, requestInput, async (t) => {
      needsBatch(t);
      const answer = await infer(t, goodRequest(t.model, rows));
      for (const spec of t.model.outputs) {
        if (spec.shape[0] !== -1) continue;
        const found = outputNamed(answer, spec.name).shape;
        expect(found[0] === rows, () => `"${spec.name}" has the shape ${shown(found)}`);
      }
    }),
  ),
  rest('infer-rows', 'each row of a batch is answered as it is alone', requestInput, async (t) => {
    needsBatch(t);
    const rows = 3;
    const whole = await infer(t, goodRequest(t.model, rows));
    for (let row = 0; row < rows; row++) {
      expectSame(rowOf(whole, row), await infer(t, oneRow(t, rows, row)), `row ${row} of a batch`, 1e-4);
    }
  }),
  rest('infer-empty-parameters', 'empty "parameters" are allowed everywhere', parameters, async (t) => {
    const request = goodRequest(t.model);
    for (const input of request.inputs) input.parameters = {};
    const outputs = t.model.outputs.map(({ name }) => ({ name, parameters: {} }));
    expectSame(await infer(t, { ...request, parameters: {}, outputs }), await plain(t), 'empty parameters', 0);
  }),
  ...(
    [
      ['string', 'text'],
      ['number', 42],
      ['boolean', true],
    ] as const
  ).map(([what, value]) =>
    rest(
      `infer-own-parameter-${what}`,
      `a parameter that only others know (a ${what}) is taken or refused, and breaks nothing`,
      parameters,
      async (t) => {
        const answer = await postInfer(t, { ...goodRequest(t.model), parameters: { my_custom_parameter: value } });
        if (answer.status !== 200) expectError(answer);
        expect(answer.status < 500, () => `status ${answer.status}`);
      },
    ),
  ),
  rest(
    'infer-members-any-order',
    'members of an object come in any order',
    cite('RFC 8259', '4 Objects: an unordered collection'),
    async (t) => {
      const inputs = goodRequest(t.model).inputs.map(({ name, shape, datatype, data }) => ({
        data,
        datatype,
        shape,
        name,
      }));
      const outputs = t.model.outputs.map(({ name }) => ({ name }));
      expectSame(await infer(t, { outputs, inputs }), await plain(t), 'reordered members', 0);
    },
  ),
  rest('infer-whitespace', 'white space between tokens says nothing', cite('RFC 8259', '2 JSON Grammar'), async (t) => {
    const pretty = `\r\n\t ${JSON.stringify(goodRequest(t.model), null, 3)} \n`;
    expectSame(await infer(t, pretty), await plain(t), 'pretty-printed', 0);
  }),
  rest(
    'infer-escaped-name',
    'an escaped letter is the letter',
    cite('RFC 8259', '8.3 String Comparison'),
    async (t) => {
      const { name } = t.model.inputs[0]!;
      const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`;
      const body = JSON.stringify(goodRequest(t.model)).replace(`"name":"${name}"`, `"name":"${escaped}"`);
      expectSame(await infer(t, body), await plain(t), 'an escaped name', 0);
    },
  ),
  rest('infer-number-forms', '1, 1.0, 10e-1 and 0.1E+1 are one number', cite('RFC 8259', '6 Numbers'), async (t) => {
    if (!t.model.inputs.every(({ datatype }) => datatype.startsWith('FP'))) {
      throw new NotApplicable('the model takes no floats');
    }
    const forms = ['1', '1.0', '10e-1', '0.1E+1'];
    const ones = goodRequest(t.model);
    for (const input of ones.inputs) input.data = (input.data as unknown[]).map(() => 1);
    let k = 0;
    const body = JSON.stringify(ones).replace(/"data":\[([^\]]*)\]/g, (_all, data: string) => {
      return `"data":[${data.split(',').map(() => forms[k++ % forms.length])}]`;
    });
    expectSame(await infer(t, body), await infer(t, ones), 'other forms of 1', 0);
  }),
  rest(
    'infer-extra-member',
    'a member that the document does not know is passed over, as "model_name" in its examples',
    cite('BINARY', 'Examples: the request holds "model_name"'),
    async (t) => {
      expectSame(await infer(t, { model_name: t.model.name, ...goodRequest(t.model) }), await plain(t), 'extra', 0);
    },
  ),
  rest(
    'infer-coercion',
    'numbers given as strings are coerced or refused',
    cite('REST', 'Tensor Data: coerce each element to the required type or return an error'),
    async (t) => {
      if (!t.model.inputs.every(({ datatype }) => isNumeric(datatype))) throw new NotApplicable('no numeric input');
      const request = goodRequest(t.model);
      for (const input of request.inputs) input.data = (input.data as unknown[]).map(String);
      const answer = await postInfer(t, request);
      if (answer.status === 200) expectSame(readInferAnswer(jsonObject(answer)), await plain(t), 'numbers as strings');
      else expectError(answer);
    },
  ),
];

function needsBatch({ model }: Target): void {
  if (!isBatched(model)) throw new NotApplicable('the first axis of the inputs does not vary');
}

async function expectOnly(t: Target, { name }: TensorSpec): Promise<void> {
  const answer = await infer(t, { ...goodRequest(t.model), outputs: [{ name }] });
  const names = answer.outputs.map((output) => output.name);
  expect(names.join() === name, () => `requested ${shown([name])}, got ${shown(names)}`);
  expectSame(answer, { ...(await plain(t)), outputs: [outputNamed(await plain(t), name)] }, `"${name}" alone`);
}

function expectShape(found: readonly number[], { name, shape }: TensorSpec): void {
  const fits = found.length === shape.length && shape.every((size, axis) => size === -1 || size === found[axis]);
  expect(fits, () => `"${name}" has the shape ${shown(found)}; the metadata says ${shown(shape)}`);
}

/** One row of a larger sample, as a request of its own. */
function oneRow({ model }: Target, rows: number, row: number): JsonRequest {
  const inputs = samples(model, rows).map(({ name, shape, datatype, elements }) => {
    const stride = elements.length / rows;
    const data = elements.slice(row * stride, (row + 1) * stride);
    return { name, datatype, shape: [1, ...shape.slice(1)], data: [...data] };
  });
  return { inputs };
}

function rowOf({ json, outputs }: InferAnswer, row: number): InferAnswer {
  const batched = outputs.filter(({ shape }) => shape.length > 0);
  return {
    json,
    outputs: batched.map((output) => {
      const stride = output.elements.length / output.shape[0]!;
      const elements = output.elements.slice(row * stride, (row + 1) * stride);
      return { ...output, shape: [1, ...output.shape.slice(1)], elements };
    }),
  };
}
