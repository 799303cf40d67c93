import { Broken, expect, shown } from './case.ts';
import { type Answer, expectStatus, isObject, jsonObject, type Question } from './http.ts';
import { type InferAnswer, type JsonOutput, postInfer, readInferAnswer } from './rest.ts';
import type { Target } from './target.ts';
import { decode, encode, type Tensor } from './tensor.ts';

export interface BinaryBody {
  readonly body: Buffer;
  /** Bytes of the JSON object, for the Inference-Header-Content-Length header. */
  readonly headerLength: number;
}

/** The JSON object of a request whose inputs follow it as binary data. */
export function binaryHeader(inputs: readonly Tensor[]) {
  return {
    inputs: inputs.map(({ name, shape, datatype, elements }) => ({
      name,
      shape,
      datatype,
      parameters: { binary_data_size: encode(datatype, elements).length } as Record<string, unknown>,
    })),
  };
}

/** @param header the JSON object, as a case may have changed it @param blocks what follows it */
export function binaryBody(header: unknown, blocks: readonly Uint8Array[]): BinaryBody {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  return { body: Buffer.concat([json, ...blocks]), headerLength: json.length };
}

export function blocksOf(inputs: readonly Tensor[]): Buffer[] {
  return inputs.map(({ datatype, elements }) => encode(datatype, elements));
}

/** @param headerLength what the header says; null leaves it out */
export function postBinary(
  target: Target,
  body: Uint8Array,
  headerLength: number | string | null,
  more: Partial<Question> = {},
): Promise<Answer> {
  return postInfer(target, body, {
    ...more,
    headers: {
      'Content-Type': 'application/octet-stream',
      ...(headerLength === null ? {} : { 'Inference-Header-Content-Length': String(headerLength) }),
      ...more.headers,
    },
  });
}

/** A good request with binary inputs and, for each output, whatever is asked. */
export async function inferBinary(
  target: Target,
  inputs: readonly Tensor[],
  more: { readonly outputs?: readonly JsonOutput[]; readonly parameters?: Record<string, unknown>; id?: string } = {},
): Promise<Answer> {
  const { body, headerLength } = binaryBody({ ...binaryHeader(inputs), ...more }, blocksOf(inputs));
  const answer = await postBinary(target, body, headerLength);
  expectStatus(answer, 200);
  return answer;
}

/**
 * Reads an answer whose outputs are JSON or binary, each as it says.
 * @throws {Broken} where the parts do not fit together
 */
export function readMixed(answer: Answer): InferAnswer {
  const length = answer.headers['inference-header-content-length'];
  if (length === undefined) return readInferAnswer(jsonObject(answer));
  const headerLength = Number(length);
  const whole = Number.isInteger(headerLength) && headerLength > 0 && headerLength <= answer.body.length;
  expect(whole, () => `Inference-Header-Content-Length is ${shown(length)}, the body has ${answer.body.length} bytes`);
  const json = jsonObject({ body: answer.body.subarray(0, headerLength) });
  let at = headerLength;
  const result = readInferAnswer(json, (output) => {
    const size = isObject(output.parameters) ? output.parameters.binary_data_size : undefined;
    if (size === undefined) {
      return (output.data as unknown[]).flat(Number.POSITIVE_INFINITY as 1) as Tensor['elements'] as never;
    }
    expect(output.data === undefined, () => `output "${output.name}" is binary and has "data" too`);
    expect(Number.isInteger(size), () => `the binary_data_size of "${output.name}" is ${shown(size)}`);
    const block = answer.body.subarray(at, at + (size as number));
    at += size as number;
    return decode(String(output.datatype), block);
  });
  if (at !== answer.body.length) {
    throw new Broken(`the outputs say ${at - headerLength} bytes follow; ${answer.body.length - headerLength} do`);
  }
  return result;
}
