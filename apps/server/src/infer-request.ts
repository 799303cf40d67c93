import { type Bundle, PIXELS, SIDE } from '@mnist-edge/recognizer';
import * as v from 'valibot';
import { Refusal } from './refusal.ts';
import { readTensorData } from './tensor-data.ts';

const text = v.string('must be a string');
/** Parameters are the protocol's room for extensions; this server knows none, and they are not read. */
const parameters = v.optional(v.object({}, 'must be an object'));

/**
 * The envelope of an inference request of the Open Inference Protocol v2
 * (https://github.com/kserve/open-inference-protocol, inference_rest.md). The data is read by its own loop.
 */
const envelope = v.object(
  {
    id: v.optional(text),
    parameters,
    inputs: v.array(
      v.object(
        {
          name: text,
          shape: v.array(v.number('must be a number'), 'must be an array of whole numbers'),
          datatype: text,
          parameters,
          data: v.unknown(),
        },
        (issue) => missing(issue, 'must be an object'),
      ),
      'must be an array of tensors',
    ),
    outputs: v.optional(
      v.array(
        v.object({ name: text, parameters }, (issue) => missing(issue, 'must be an object')),
        'must be an array',
      ),
    ),
  },
  (issue) => missing(issue, 'must be a JSON object'),
);

export interface InferRequest {
  /** To be sent back with the answer. */
  readonly id: string | undefined;
  /** `[batch, 28, 28, 1]`, flat, 0..1. */
  readonly images: Float32Array;
  readonly batch: number;
  /** Names of the outputs asked for, in the order asked; all of the model's where none was named. */
  readonly outputs: readonly string[];
}

/**
 * Checks an inference request against a model's contract and reads its tensor.
 * @param body parsed JSON, of any kind
 * @param maxBatch the most images in one request
 * @throws {Refusal} 400, naming the first field at fault, what was found and what was expected
 */
export function readInferRequest(body: unknown, bundle: Bundle, maxBatch: number): InferRequest {
  const parsed = v.safeParse(envelope, body, { abortEarly: true });
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new Refusal(400, `${v.getDotPath(issue) ?? 'The body'} ${issue.message}.`);
  }
  const { id, inputs, outputs } = parsed.output;
  const input = inputs[0];
  if (input === undefined || inputs.length > 1) {
    throw new Refusal(400, `inputs holds ${inputs.length} tensors; ${bundle.name} takes one, "${bundle.input.name}".`);
  }
  if (input.name !== bundle.input.name) {
    throw new Refusal(
      400,
      `inputs[0].name is ${JSON.stringify(input.name)}; the input of ${bundle.name} is "${bundle.input.name}".`,
    );
  }
  if (input.datatype !== 'FP32') {
    throw new Refusal(400, `inputs[0].datatype is ${JSON.stringify(input.datatype)}; "${input.name}" is "FP32".`);
  }
  const batch = readBatch(input.shape, maxBatch);
  return {
    id,
    batch,
    outputs: readOutputs(outputs ?? [], bundle),
    images: readTensorData(input.data, input.shape, bundle.input.range, 'inputs[0].data'),
  };
}

function readBatch(shape: readonly number[], maxBatch: number): number {
  const [batch = 0, ...image] = shape;
  const found = `inputs[0].shape is [${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''}]`;
  if (image.join() !== [SIDE, SIDE, 1].join() || !Number.isInteger(batch) || batch < 1) {
    throw new Refusal(400, `${found}; it must be [batch, ${SIDE}, ${SIDE}, 1] with a batch from 1.`);
  }
  if (batch > maxBatch) {
    throw new Refusal(
      400,
      `${found}; this server takes at most ${maxBatch} images (${maxBatch * PIXELS} numbers) a request.`,
    );
  }
  return batch;
}

function readOutputs(asked: readonly { readonly name: string }[], bundle: Bundle): readonly string[] {
  const known = [bundle.outputs.logits, bundle.outputs.probabilities];
  if (asked.length === 0) return known;
  const names: string[] = [];
  for (const [index, { name }] of asked.entries()) {
    if (!known.includes(name)) {
      throw new Refusal(
        400,
        `outputs[${index}].name is ${JSON.stringify(name)}; the outputs of ${bundle.name} are ${known.join(', ')}.`,
      );
    }
    if (names.includes(name)) throw new Refusal(400, `outputs[${index}].name is "${name}" for the second time.`);
    names.push(name);
  }
  return names;
}

/** valibot reports a missing key as an issue of the object that lacks it. */
function missing(issue: { readonly expected: string | null }, otherwise: string): string {
  return issue.expected === 'Object' ? otherwise : 'is missing';
}
