import type { IncomingMessage } from 'node:http';
import { type Bundle, PIXELS } from '@mnist-edge/recognizer';
import { readBody } from '../http/body.ts';
import { checkJsonType, parseJson } from '../http/json.ts';
import { Refusal } from '../http/refusal.ts';
import { type InferRequest, readInferRequest, readRawRequest } from './infer-request.ts';

/** An inference request's body, not yet held against a model. */
export interface InferBody {
  readonly bytes: Buffer;
  /** Bytes of JSON at its beginning; null when the binary tensor data extension is not used. */
  readonly jsonBytes: number | null;
}

/** @throws {Refusal} 400, 413 or 415 */
export async function receiveInferBody(request: IncomingMessage, limit: number): Promise<InferBody> {
  const header = request.headers['inference-header-content-length'];
  if (header === undefined) {
    checkJsonType(request, 'an inference request');
    return { bytes: await readBody(request, limit), jsonBytes: null };
  }
  if (typeof header !== 'string' || !/^\d{1,15}$/.test(header)) {
    throw new Refusal(400, `Inference-Header-Content-Length is ${JSON.stringify(header)}; it is a number of bytes.`);
  }
  const jsonBytes = Number(header);
  const bytes = await readBody(request, limit, jsonBytes);
  if (jsonBytes > bytes.length) {
    throw new Refusal(400, `Inference-Header-Content-Length is ${jsonBytes}; the body has only ${bytes.length} bytes.`);
  }
  return { bytes, jsonBytes };
}

/** @throws {Refusal} 400 */
export function readInferBody({ bytes, jsonBytes }: InferBody, bundle: Bundle, maxBatch: number): InferRequest {
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
