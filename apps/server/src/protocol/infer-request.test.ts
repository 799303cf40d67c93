import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../http/refusal.ts';
import { fakeModel } from '../testing/fake-model.ts';
import { readInferRequest } from './infer-request.ts';

const { bundle } = fakeModel();
const image = {
  name: 'image',
  datatype: 'FP32',
  shape: [1, 28, 28, 1],
  data: Array.from({ length: 784 }, (_, i) => i / 783),
};

test('a whole request', () => {
  const request = {
    id: '42',
    parameters: { anything: 1 },
    inputs: [{ ...image, parameters: {} }],
    outputs: [{ name: 'probabilities', parameters: { binary_data: true } }],
    extension: true,
  };
  expect(readInferRequest(request, bundle, 8)).toEqual({
    id: '42',
    batch: 1,
    outputs: [{ name: 'probabilities', binary: true, classification: 0 }],
    images: Float32Array.from(image.data),
    timeoutMs: undefined,
  });
});

test('parameters: how long it may wait, which outputs are binary, which are classes', () => {
  const request = {
    parameters: { timeout: 2500, binary_data_output: true, priority: 3 },
    inputs: [image],
    outputs: [
      { name: 'logits', parameters: { binary_data: false } },
      { name: 'probabilities', parameters: { classification: 3 } },
    ],
  };
  expect(readInferRequest(request, bundle, 8)).toMatchObject({
    timeoutMs: 2.5,
    outputs: [
      { name: 'logits', binary: false, classification: 0 },
      { name: 'probabilities', binary: true, classification: 3 },
    ],
  });
});

test.each([[[1, 28, 28]], [[1, 784]]])('an image may also have the shape %j', (axes) => {
  expect(readInferRequest({ inputs: [{ ...image, shape: axes }] }, bundle, 8).images).toEqual(
    Float32Array.from(image.data),
  );
});

test('the least request asks for every output', () => {
  expect(readInferRequest({ inputs: [image] }, bundle, 8)).toMatchObject({
    id: undefined,
    outputs: ['logits', 'probabilities'].map((name) => ({ name, binary: false, classification: 0 })),
  });
  expect(readInferRequest({ inputs: [image], outputs: [] }, bundle, 8).outputs).toHaveLength(2);
});

test.each<[unknown, string]>([
  [null, 'The body must be a JSON object.'],
  ['text', 'The body must be a JSON object.'],
  [[], 'inputs is missing.'],
  [{}, 'inputs is missing.'],
  [{ inputs: {} }, 'inputs must be an array of tensors.'],
  [{ inputs: [] }, 'inputs holds 0 tensors; fake takes one, "image".'],
  [{ inputs: [image, image] }, 'inputs holds 2 tensors; fake takes one, "image".'],
  [{ inputs: [3] }, 'inputs.0 must be an object.'],
  [{ inputs: [{ ...image, name: undefined }] }, 'inputs.0.name must be a string.'],
  [
    { inputs: [{ name: 'image', datatype: 'FP32', shape: [1, 784] }] },
    'inputs[0].data is missing; an array of 784 is needed there.',
  ],
  [{ inputs: [{ ...image, name: 'x' }] }, 'inputs[0].name is "x"; the input of fake is "image".'],
  [{ inputs: [{ ...image, datatype: 'FP64' }] }, 'inputs[0].datatype is "FP64"; "image" is "FP32", or "UINT8".'],
  [{ inputs: [{ ...image, shape: 784 }] }, 'inputs.0.shape must be an array of whole numbers.'],
  [{ inputs: [{ ...image, shape: ['1', 28, 28, 1] }] }, 'inputs.0.shape.0 must be a number.'],
  [{ inputs: [{ ...image, shape: [1, 785] }] }, shape('1, 785')],
  [
    { inputs: [{ ...image, parameters: { binary_data_size: 9 } }] },
    '0 bytes follow the JSON; inputs[0].parameters.binary_data_size is 9.',
  ],
  [
    { inputs: [{ ...image, parameters: { binary_data_size: -1 } }] },
    'inputs.0.parameters.binary_data_size must be at least 0.',
  ],
  [{ inputs: [image], parameters: { timeout: '1' } }, 'parameters.timeout must be a number.'],
  [{ inputs: [image], parameters: { binary_data_output: 1 } }, 'parameters.binary_data_output must be true or false.'],
  [
    { inputs: [image], outputs: [{ name: 'logits', parameters: { classification: 0 } }] },
    'outputs.0.parameters.classification must be at least 1.',
  ],
  [{ inputs: [{ ...image, shape: [] }] }, shape('')],
  [{ inputs: [{ ...image, shape: [0, 28, 28, 1] }] }, shape('0, 28, 28, 1')],
  [{ inputs: [{ ...image, shape: [-1, 28, 28, 1] }] }, shape('-1, 28, 28, 1')],
  [{ inputs: [{ ...image, shape: [1.5, 28, 28, 1] }] }, shape('1.5, 28, 28, 1')],
  [{ inputs: [{ ...image, shape: [1, 28, 28, 3] }] }, shape('1, 28, 28, 3')],
  [{ inputs: [{ ...image, shape: Array(9).fill(1) }] }, shape('1, 1, 1, 1, 1, 1, 1, 1, …')],
  [
    { inputs: [{ ...image, shape: [9, 28, 28, 1] }] },
    'inputs[0].shape is [9, 28, 28, 1]; this server takes at most 8 images (6272 numbers) a request.',
  ],
  [{ inputs: [image], id: 42 }, 'id must be a string.'],
  [{ inputs: [image], parameters: 1 }, 'parameters must be an object.'],
  [{ inputs: [image], outputs: {} }, 'outputs must be an array.'],
  [{ inputs: [image], outputs: ['logits'] }, 'outputs.0 must be an object.'],
  [
    { inputs: [image], outputs: [{ name: 'classes' }] },
    'outputs[0].name is "classes"; the outputs of fake are logits, probabilities.',
  ],
  [
    { inputs: [image], outputs: [{ name: 'logits' }, { name: 'logits' }] },
    'outputs[1].name is "logits" for the second time.',
  ],
])('refuses %j', (body, message) => {
  expect(() => readInferRequest(body, bundle, 8)).toThrow(new Refusal(400, message));
});

function shape(found: string): string {
  return `inputs[0].shape is [${found}]; it must be [batch, 28, 28, 1], [batch, 28, 28] or [batch, 784] with a batch from 1.`;
}

const near = fc.record(
  {
    id: fc.jsonValue(),
    parameters: fc.jsonValue(),
    inputs: fc.oneof(
      fc.jsonValue(),
      fc.array(
        fc.record(
          {
            name: fc.oneof(fc.constant('image'), fc.jsonValue()),
            datatype: fc.oneof(fc.constant('FP32'), fc.jsonValue()),
            shape: fc.oneof(fc.constant([1, 28, 28, 1]), fc.jsonValue()),
            data: fc.oneof(fc.constant(image.data), fc.jsonValue()),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 2 },
      ),
    ),
    outputs: fc.oneof(fc.constant([{ name: 'logits' }]), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

test('any JSON at all, near the truth or far from it, is either read or refused with 400', () => {
  fc.assert(
    fc.property(fc.oneof(near, fc.jsonValue()), (body) => {
      try {
        expect(readInferRequest(body, bundle, 8).images).toHaveLength(784);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        expect((error as Refusal).status).toBe(400);
      }
    }),
    { numRuns: 500 },
  );
});
