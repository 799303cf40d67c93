import type { IncomingMessage } from 'node:http';
import { type Bundle, PIXELS, toTensor } from '@mnist-edge/recognizer';
import { checkJsonType, parseJson } from '../http/json.ts';
import { Refusal } from '../http/refusal.ts';
import type { Shelf } from '../http/shelf.ts';
import { type AnswerForm, answerForm } from './infer-answer.ts';
import {
  type ImageSource,
  type InferPlan,
  type InferRequest,
  readInferRequest,
  readPlan,
  readRawRequest,
} from './infer-request.ts';
import { MARK, MOST_BYTES, splitPlainBody } from './plain-body.ts';
import { readPlainNumbers } from './plain-numbers.ts';
import { BYTES, readTensorBytes } from './tensor-data.ts';

/** An inference request's body, not yet held against a model. */
export interface InferBody {
  readonly bytes: Buffer;
  /** Bytes of JSON at its beginning; null when the binary tensor data extension is not used. */
  readonly jsonBytes: number | null;
}

/**
 * Bytes of JSON that the request's headers promise at the body's beginning; null when there is nothing but JSON.
 * @throws {Refusal} 400 or 415
 */
export function promisedJsonBytes(request: Pick<IncomingMessage, 'headers'>): number | null {
  const header = request.headers['inference-header-content-length'];
  if (header === undefined) {
    checkJsonType(request, 'an inference request');
    return null;
  }
  if (typeof header !== 'string' || !/^\d{1,15}$/.test(header)) {
    throw new Refusal(400, `Inference-Header-Content-Length is ${JSON.stringify(header)}; it is a number of bytes.`);
  }
  return Number(header);
}

/** A request that can be run, and how it is to be answered. */
export interface Asked {
  readonly plan: InferPlan;
  /** `[batch, 28, 28, 1]`, flat, 0..1. */
  readonly images: Float32Array;
  /** Of the outputs, in the order asked. */
  readonly names: readonly string[];
  readonly form: AnswerForm;
}

type Planned = Omit<Asked, 'images'> & ImageSource;

/** The envelope of a binary request that came last; a client sends the same one again and again. */
interface Last {
  readonly bundle: Bundle;
  readonly envelope: Buffer;
  readonly planned: Planned;
}

/** Numbers from which on their memory is worth to be used again. */
const MANY = 16 * PIXELS;

/** Plans kept for each model. */
const MOST_PLANS = 64;

/**
 * Reads inference requests. Most are plain: a short envelope, and a tensor of numbers or bytes; those are read in one
 * pass, and an envelope that was seen before is not read again. All others, wrong ones among them, go the general way.
 * @param shelf where memory for many scaled bytes is taken from
 */
export function createInferReader(maxBatch: number, shelf: Shelf): (body: InferBody, bundle: Bundle) => Asked {
  const plans = new WeakMap<Bundle, Map<string, Planned>>();
  let last: Last | null = null;

  return (body, bundle) => {
    if (body.jsonBytes !== null && body.jsonBytes > body.bytes.length) {
      throw new Refusal(
        400,
        `Inference-Header-Content-Length is ${body.jsonBytes}; the body has only ${body.bytes.length} bytes.`,
      );
    }
    const plain = body.jsonBytes === null ? readPlainJson(body.bytes, bundle) : readPlainBinary(body, bundle);
    if (plain !== null) return plain;
    const { images, ...plan } = readInferBody(body, bundle, maxBatch);
    return { images, ...answering(plan, bundle) };
  };

  function room(count: number): Float32Array<ArrayBuffer> {
    if (count < MANY) return new Float32Array(count);
    return new Float32Array(shelf.take(count * BYTES.FP32), 0, count);
  }

  function readPlainJson(bytes: Buffer, bundle: Bundle): Asked | null {
    const body = splitPlainBody(bytes);
    const planned = body === null ? null : planOf(body.envelope, bundle);
    if (planned === null || planned.data !== MARK || planned.bytes !== undefined) return null;
    const count = planned.plan.batch * PIXELS;
    // Checked before the memory is taken: each number has a byte, and a comma before the next.
    if (body!.to - body!.from < 2 * count - 1) return null;
    const numbers = planned.datatype === 'FP32' ? new Float32Array(count) : new Uint8Array(count);
    if (!readPlainNumbers(bytes, body!.from, body!.to, numbers)) return null;
    return asked(planned, numbers instanceof Float32Array ? numbers : toTensor(numbers));
  }

  function readPlainBinary({ bytes, jsonBytes }: InferBody, bundle: Bundle): Asked | null {
    if (jsonBytes === null || jsonBytes === 0 || jsonBytes > MOST_BYTES) return null;
    const planned = binaryPlanOf(bytes, jsonBytes, bundle);
    if (planned === null || planned.data !== undefined) return null;
    const { plan, datatype } = planned;
    const size = bytes.length - jsonBytes;
    if (planned.bytes !== size || size !== plan.batch * PIXELS * BYTES[datatype]) return null;
    return asked(planned, readTensorBytes(bytes.subarray(jsonBytes), datatype, 'inputs[0]', room));
  }

  /** To compare bytes is cheaper than to make a text of them and to look that up. */
  function binaryPlanOf(bytes: Buffer, jsonBytes: number, bundle: Bundle): Planned | null {
    const isLast =
      last !== null &&
      last.bundle === bundle &&
      last.envelope.length === jsonBytes &&
      last.envelope.compare(bytes, 0, jsonBytes) === 0;
    if (isLast) return last!.planned;
    const planned = planOf(bytes.toString('utf8', 0, jsonBytes), bundle);
    if (planned !== null) last = { bundle, envelope: Buffer.from(bytes.subarray(0, jsonBytes)), planned };
    return planned;
  }

  /** @returns null where the envelope is not right: the general way tells why */
  function planOf(envelope: string, bundle: Bundle): Planned | null {
    let known = plans.get(bundle);
    if (known === undefined) {
      known = new Map();
      plans.set(bundle, known);
    }
    const old = known.get(envelope);
    if (old !== undefined) return old;
    try {
      const json = parseJson(Buffer.from(envelope), MOST_BYTES);
      const { datatype, bytes, data, ...plan } = readPlan(json, bundle, maxBatch);
      const planned = { ...answering(plan, bundle), datatype, bytes, data };
      // Who sends another id with each request must not fill the memory.
      if (known.size === MOST_PLANS) known.clear();
      known.set(envelope, planned);
      return planned;
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }
}

/** Field by field: to spread an object that has as many kinds as there are plans is slow. */
function asked({ plan, names, form }: Planned, images: Float32Array): Asked {
  return { plan, images, names, form };
}

function answering(plan: InferPlan, bundle: Bundle): Omit<Asked, 'images'> {
  return { plan, names: plan.outputs.map(({ name }) => name), form: answerForm(plan, bundle) };
}

/** The general way. @throws {Refusal} 400 */
function readInferBody({ bytes, jsonBytes }: InferBody, bundle: Bundle, maxBatch: number): InferRequest {
  if (jsonBytes === 0) return readRawRequest(bytes, bundle, maxBatch);
  const json = parseJson(jsonBytes === null ? bytes : bytes.subarray(0, jsonBytes), mostValues(maxBatch));
  return readInferRequest(json, bundle, maxBatch, jsonBytes === null ? undefined : bytes.subarray(jsonBytes));
}

/**
 * Of the JSON of a request of so many images. Nested to the full, each number of an image has an array of its own, and
 * each of its rows; beside them there is the envelope, with room for parameters of whatever kind.
 */
export function mostValues(images: number): number {
  return images * 2.25 * PIXELS + 10_000;
}
