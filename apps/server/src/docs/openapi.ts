import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { explainEnvelope, inferEnvelope } from '../protocol/envelope.ts';
import { PICTURE_TYPES } from '../recognize/recognition.ts';
import { recognizeSchema } from '../recognize/recognize-request.ts';
import { PRECISIONS } from '../settings.ts';

type Json = { readonly [key: string]: unknown };

const text = { type: 'string' };
const numbers = { type: 'array', items: { type: 'number' } };
const object = (properties: Json, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
const list = (items: Json) => ({ type: 'array', items });

/** From the very schema that requests are checked with. */
function requestSchema(schema: v.GenericSchema): Json {
  const { $schema: _, ...json } = toJsonSchema(schema, { errorMode: 'ignore' }) as Json;
  return json;
}

const model = object({ name: text, version: text, sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } });
const rejection = { type: ['string', 'null'], description: 'Why there is no digit; null where there is one.' };
const digit = {
  digit: { type: ['integer', 'null'], minimum: 0, maximum: 9 },
  label: { type: ['string', 'null'] },
  rejection,
  probabilities: { ...numbers, description: "Calibrated, in the order of the model's labels." },
  image: { ...numbers, minItems: 784, maxItems: 784, description: 'The 28 × 28 greys that the net saw.' },
};
const box = object({
  left: { type: 'number' },
  top: { type: 'number' },
  width: { type: 'number' },
  height: { type: 'number' },
});
const tensorMetadata = object({ name: text, datatype: text, shape: list({ type: 'integer' }) });
const outputTensor = object(
  { name: text, datatype: text, shape: list({ type: 'integer' }), data: list({}), parameters: { type: 'object' } },
  ['name', 'datatype', 'shape'],
);

const schemas = {
  Error: object({ error: text, id: text }, ['error']),
  InferRequest: requestSchema(inferEnvelope),
  InferResponse: object({ model_name: text, model_version: text, id: text, outputs: list(outputTensor) }, [
    'model_name',
    'model_version',
    'outputs',
  ]),
  ExplainRequest: requestSchema(explainEnvelope),
  ExplainResponse: object(
    { model_name: text, model_version: text, id: text, parameters: { type: 'object' }, outputs: list(outputTensor) },
    ['model_name', 'model_version', 'parameters', 'outputs'],
  ),
  ServerMetadata: object({ name: text, version: text, extensions: list(text) }),
  ModelMetadata: object({
    name: text,
    versions: list(text),
    platform: text,
    inputs: list(tensorMetadata),
    outputs: list(tensorMetadata),
    properties: object({
      precision: { enum: PRECISIONS, description: 'Which of the bundle’s models runs.' },
      sha256: { ...text, description: 'Of its file.' },
    }),
  }),
  Live: object({ live: { type: 'boolean' } }),
  Ready: object({ ready: { type: 'boolean' } }),
  ModelReady: object({ name: text, ready: { type: 'boolean' } }),
  RecognizeRequest: requestSchema(recognizeSchema),
  Digit: object({ ...digit, model }),
  Line: object({ text, rejection, digits: list(object({ ...digit, box })), model }),
} as const;

const json = (schema: Json) => ({ content: { 'application/json': { schema } } });
const ref = (name: keyof typeof schemas) => ({ $ref: `#/components/schemas/${name}` });
const failure = { description: 'What was wrong, and what was expected.', ...json(ref('Error')) };

/** An operation whose answer is JSON; whatever goes wrong is told in the one form of an error. */
function operation(summary: string, answer: Json, more: Json = {}): Json {
  return { summary, responses: { 200: { description: 'The answer.', ...json(answer) }, default: failure }, ...more };
}

const parameter = (name: string, example: string) => ({ name, in: 'path', required: true, schema: text, example });
const body = (content: Json) => ({ requestBody: { required: true, content } });

/** An example that can be sent as it is: an image without ink. */
function exampleTensor(input: string): Json {
  return { inputs: [{ name: input, datatype: 'UINT8', shape: [1, 784], data: new Array(784).fill(0) }] };
}

const exampleStrokes = {
  strokes: [
    [
      { x: 28, y: 20 },
      { x: 72, y: 20 },
      { x: 44, y: 84 },
    ],
  ],
};

/**
 * The API as an OpenAPI 3.1 document.
 * @param serverVersion of this server
 * @param main the name and input of the main model, for examples
 */
export function openApi(serverVersion: string, main: { readonly name: string; readonly input: string }): Json {
  const name = parameter('model_name', main.name);
  const ready503 = (schema: Json) => ({ description: 'Not ready.', ...json(schema) });
  const infer = body({
    'application/json': { schema: ref('InferRequest'), example: exampleTensor(main.input) },
    'application/octet-stream': {
      schema: { type: 'string', format: 'binary' },
    },
  });
  const recognizeAnswer = { anyOf: [ref('Digit'), ref('Line')] };
  const ofModel = (path: string, method: string, what: Json) => {
    const version = { name: 'model_version', in: 'path', required: true, schema: text };
    return {
      [`/v2/models/{model_name}${path}`]: { parameters: [name], [method]: what },
      [`/v2/models/{model_name}/versions/{model_version}${path}`]: { parameters: [name, version], [method]: what },
    };
  };
  const plainInfer = operation('Infer', ref('InferResponse'), infer);
  const inferOperation = {
    ...plainInfer,
    responses: {
      ...(plainInfer.responses as Json),
      200: {
        description: 'The answer. With binary outputs, JSON and then the tensors’ bytes.',
        headers: {
          'Inference-Header-Content-Length': {
            description: 'Bytes of the JSON, where tensors follow it.',
            schema: { type: 'integer', minimum: 0 },
          },
        },
        content: {
          'application/json': { schema: ref('InferResponse') },
          'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
        },
      },
    },
  };
  const ready = (summary: string, schema: Json) => {
    const plain = operation(summary, schema);
    return { ...plain, responses: { ...(plain.responses as Json), 503: ready503({ anyOf: [schema, ref('Error')] }) } };
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'mnist-edge',
      version: serverVersion,
      description: 'Handwritten digits: the Open Inference Protocol v2, and recognition of pictures and strokes.',
    },
    paths: {
      '/api/recognize': {
        post: operation('Recognize a digit, or a line of digits', recognizeAnswer, {
          parameters: [{ name: 'mode', in: 'query', schema: { enum: ['digit', 'line'] } }],
          ...body({
            'application/json': { schema: ref('RecognizeRequest'), example: exampleStrokes },
            ...Object.fromEntries(
              PICTURE_TYPES.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
            ),
          }),
        }),
      },
      '/v2': { get: operation('What this server is', ref('ServerMetadata')) },
      '/v2/health/live': { get: operation('Whether it lives', ref('Live')) },
      '/v2/health/ready': { get: ready('Whether it takes requests', ref('Ready')) },
      ...ofModel('', 'get', operation('What a model takes and gives', ref('ModelMetadata'))),
      ...ofModel('/ready', 'get', ready('Whether a model takes requests', ref('ModelReady'))),
      ...ofModel('/infer', 'post', inferOperation),
      ...ofModel(
        '/explain',
        'post',
        operation(
          'Which pixels speak for the answer',
          ref('ExplainResponse'),
          body({ 'application/json': { schema: ref('ExplainRequest'), example: exampleTensor(main.input) } }),
        ),
      ),
    },
    components: { schemas, securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  };
}
