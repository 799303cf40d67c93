import { type Bundle, PIXELS, SIDE } from '@mnist-edge/recognizer';
import * as v from 'valibot';
import { Refusal } from '../http/refusal.ts';
import { type InferEnvelope, inferEnvelope } from './envelope.ts';
import { BYTES, type Datatype, readTensorBytes, readTensorData } from './tensor-data.ts';

/** How an output is wanted. */
export interface OutputRequest {
  readonly name: string;
  /** Behind the JSON, as bytes. */
  readonly binary: boolean;
  /** Instead of the numbers the k highest classes; 0 for the numbers. */
  readonly classification: number;
}

/** All that a request says but its images. */
export interface InferPlan {
  /** To be sent back with the answer. */
  readonly id: string | undefined;
  readonly batch: number;
  /** In the order asked; all of the model's where none was named. */
  readonly outputs: readonly OutputRequest[];
  /** How long the client lets the request wait, in ms; undefined where it does not say. */
  readonly timeoutMs: number | undefined;
}

export interface InferRequest extends InferPlan {
  /** `[batch, 28, 28, 1]`, flat, 0..1. */
  readonly images: Float32Array;
}

/** Where the images of a plan are, as it says. */
export interface ImageSource {
  readonly datatype: Datatype;
  /** Bytes behind the JSON; undefined where it says nothing of any. */
  readonly bytes: number | undefined;
  /** As it is in the JSON; undefined where it is not. */
  readonly data: unknown;
}

/** A tensor as any of the protocol's forms has it, its data still to be read. */
export interface InputTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

const NONE: Uint8Array = new Uint8Array();

/**
 * Checks an inference request against a model's contract and reads its tensor.
 * @param json the parsed JSON, of any kind
 * @param bundle the model's
 * @param maxBatch the most images in one request
 * @param binary what came behind the JSON
 * @throws {Refusal} 400, naming the first field at fault, what was found and what was expected
 */
export function readInferRequest(json: unknown, bundle: Bundle, maxBatch: number, binary = NONE): InferRequest {
  const { id, inputs, outputs, parameters } = check(inferEnvelope, json);
  return {
    id,
    ...readInput(inputs, bundle, maxBatch, binary),
    outputs: readOutputs(outputs ?? [], parameters?.binary_data_output ?? false, bundle),
    timeoutMs: timeoutOf(parameters),
  };
}

function timeoutOf(parameters: InferEnvelope['parameters']): number | undefined {
  const timeout = parameters?.timeout ?? 0;
  return timeout === 0 ? undefined : timeout / 1000;
}

/** Reads what a request says, and leaves its images to others. @throws {Refusal} 400 as `readInferRequest` does */
export function readPlan(json: unknown, bundle: Bundle, maxBatch: number): InferPlan & ImageSource {
  const { id, inputs, outputs, parameters } = check(inferEnvelope, json);
  const input = onlyInput(inputs, bundle);
  const { batch, datatype } = checkInput(input, bundle, maxBatch);
  return {
    id,
    batch,
    datatype,
    bytes: input.parameters?.binary_data_size,
    data: input.data,
    outputs: readOutputs(outputs ?? [], parameters?.binary_data_output ?? false, bundle),
    timeoutMs: timeoutOf(parameters),
  };
}

/**
 * The request that is nothing but a tensor (`Inference-Header-Content-Length: 0`): float32 images one after another.
 * Every output is wanted, as bytes.
 * @throws {Refusal} 400
 */
export function readRawRequest(bytes: Uint8Array, bundle: Bundle, maxBatch: number): InferRequest {
  const batch = bytes.length / (PIXELS * BYTES.FP32);
  if (!Number.isInteger(batch) || batch < 1) {
    throw new Refusal(
      400,
      `The body is ${bytes.length} bytes of raw tensor; float32 images of ${SIDE} × ${SIDE} are ${PIXELS * BYTES.FP32} bytes each.`,
    );
  }
  checkBatch(batch, [batch, SIDE, SIDE, 1], maxBatch);
  return {
    id: undefined,
    images: readTensorBytes(bytes, 'FP32', 'the raw tensor'),
    batch,
    outputs: readOutputs([], true, bundle),
    timeoutMs: undefined,
  };
}

/** @throws {Refusal} 400 in the words of the schema's first issue */
export function check<T extends v.GenericSchema>(schema: T, json: unknown): v.InferOutput<T> {
  checkParameters(json);
  const parsed = v.safeParse(schema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new Refusal(400, `${v.getDotPath(issue) ?? 'The body'} ${issue.message}.`);
}

/** valibot takes an array for an object whose members are all optional, as those of `parameters` are. */
function checkParameters(json: unknown, path = ''): void {
  if (typeof json !== 'object' || json === null) return;
  if ('parameters' in json && Array.isArray(json.parameters)) {
    throw new Refusal(400, `${path}parameters must be an object.`);
  }
  for (const list of ['inputs', 'outputs'] as const) {
    const tensors: unknown = list in json ? (json as Record<string, unknown>)[list] : undefined;
    if (path !== '' || !Array.isArray(tensors)) continue;
    for (const [index, tensor] of tensors.entries()) checkParameters(tensor, `${list}[${index}].`);
  }
}

/** The one tensor of a request, from its JSON or from the bytes behind it. @throws {Refusal} 400 */
export function readInput(
  inputs: InferEnvelope['inputs'],
  bundle: Bundle,
  maxBatch: number,
  binary: Uint8Array,
): { readonly images: Float32Array; readonly batch: number } {
  const input = onlyInput(inputs, bundle);
  const { batch, datatype } = checkInput(input, bundle, maxBatch);
  const size = input.parameters?.binary_data_size;
  if ((size ?? 0) !== binary.length) {
    throw new Refusal(
      400,
      `${binary.length} bytes follow the JSON; inputs[0].parameters.binary_data_size is ${size ?? 'missing'}.`,
    );
  }
  if (size === undefined) {
    return { batch, images: readTensorData(input.data, input.shape, datatype, 'inputs[0].data') };
  }
  if (input.data !== undefined) {
    throw new Refusal(400, 'inputs[0] has both data and parameters.binary_data_size; send one of them.');
  }
  const expected = batch * PIXELS * BYTES[datatype];
  if (size !== expected) {
    throw new Refusal(
      400,
      `inputs[0].parameters.binary_data_size is ${size}; ${datatype} [${input.shape.join(', ')}] is ${expected} bytes.`,
    );
  }
  return { batch, images: readTensorBytes(binary, datatype, 'inputs[0]') };
}

function onlyInput(inputs: InferEnvelope['inputs'], bundle: Bundle): InferEnvelope['inputs'][number] {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw new Refusal(400, `inputs holds ${inputs.length} tensors; ${bundle.name} takes one, "${bundle.input.name}".`);
  }
  return input;
}

/** Checks a tensor's name, type and shape against the model's contract. @throws {Refusal} 400 */
export function checkInput(
  { name, datatype, shape }: InputTensor,
  bundle: Bundle,
  maxBatch: number,
): { readonly batch: number; readonly datatype: Datatype } {
  if (name !== bundle.input.name) {
    throw new Refusal(
      400,
      `inputs[0].name is ${JSON.stringify(name)}; the input of ${bundle.name} is "${bundle.input.name}".`,
    );
  }
  if (datatype !== 'FP32' && datatype !== 'UINT8') {
    throw new Refusal(400, `inputs[0].datatype is ${JSON.stringify(datatype)}; "${name}" is "FP32", or "UINT8".`);
  }
  const [batch = 0, ...image] = shape;
  if (!SHAPES.includes(image.join()) || !Number.isSafeInteger(batch) || batch < 1) {
    throw new Refusal(
      400,
      `${foundShape(shape)}; it must be [batch, ${SIDE}, ${SIDE}, 1], [batch, ${SIDE}, ${SIDE}] or [batch, ${PIXELS}] with a batch from 1.`,
    );
  }
  checkBatch(batch, shape, maxBatch);
  return { batch, datatype };
}

/** An image's own axes, as they may be given. */
const SHAPES = [[SIDE, SIDE, 1], [SIDE, SIDE], [PIXELS]].map((axes) => axes.join());

function checkBatch(batch: number, shape: readonly number[], maxBatch: number): void {
  if (batch <= maxBatch) return;
  throw new Refusal(
    400,
    `${foundShape(shape)}; this server takes at most ${maxBatch} images (${maxBatch * PIXELS} numbers) a request.`,
  );
}

function foundShape(shape: readonly number[]): string {
  return `inputs[0].shape is [${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''}]`;
}

type AskedOutput = NonNullable<InferEnvelope['outputs']>[number];

/** @throws {Refusal} 400 for an output the model has not, or one asked twice */
export function readOutputs(asked: readonly AskedOutput[], binary: boolean, bundle: Bundle): readonly OutputRequest[] {
  const known = [bundle.outputs.logits, bundle.outputs.probabilities];
  if (asked.length === 0) return known.map((name) => ({ name, binary, classification: 0 }));
  const names: string[] = [];
  return asked.map(({ name, parameters }, index) => {
    if (!known.includes(name)) {
      throw new Refusal(
        400,
        `outputs[${index}].name is ${JSON.stringify(name)}; the outputs of ${bundle.name} are ${known.join(', ')}.`,
      );
    }
    if (names.includes(name)) throw new Refusal(400, `outputs[${index}].name is "${name}" for the second time.`);
    names.push(name);
    return { name, binary: parameters?.binary_data ?? binary, classification: parameters?.classification ?? 0 };
  });
}
