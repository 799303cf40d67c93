import { type Bundle, topK } from '@mnist-edge/recognizer';
import type { InferRequest } from './infer-request.ts';

/** An output as the protocol has it; either `data` or bytes behind the JSON. */
interface OutputTensor {
  readonly name: string;
  readonly datatype: 'FP32' | 'BYTES';
  readonly shape: readonly number[];
  readonly parameters?: { readonly binary_data_size: number };
  readonly data?: readonly (number | string)[];
}

export interface InferAnswer {
  readonly body: Buffer;
  /** Bytes of JSON at the body's beginning; null where it is all there is. */
  readonly jsonBytes: number | null;
}

/**
 * The answer to a request, as JSON and the bytes behind it.
 * @param results one flat `[batch, labels]` for each output asked for, in that order
 */
export function inferAnswer(
  { id, batch, outputs }: Pick<InferRequest, 'id' | 'batch' | 'outputs'>,
  results: readonly Float32Array[],
  bundle: Bundle,
): InferAnswer {
  const labels = bundle.labels.length;
  const tensors: OutputTensor[] = [];
  const binaries: Uint8Array[] = [];
  for (const [index, { name, binary, classification }] of outputs.entries()) {
    const numbers = results[index]!;
    const classes = classification === 0 ? null : classify(numbers, Math.min(classification, labels), bundle.labels);
    const datatype = classes === null ? 'FP32' : 'BYTES';
    const shape = [batch, classes === null ? labels : classes.length / batch];
    if (binary) {
      const bytes = classes === null ? asBytes(numbers) : lengthPrefixed(classes);
      binaries.push(bytes);
      tensors.push({ name, datatype, shape, parameters: { binary_data_size: bytes.length } });
    } else {
      // A float32 is also a double, and JSON prints a double with all the digits that tell it apart: exact.
      tensors.push({ name, datatype, shape, data: classes ?? Array.from(numbers) });
    }
  }
  const json = Buffer.from(
    JSON.stringify({
      model_name: bundle.name,
      model_version: bundle.version,
      ...(id !== undefined && { id }),
      outputs: tensors,
    }),
  );
  return binaries.length === 0
    ? { body: json, jsonBytes: null }
    : { body: Buffer.concat([json, ...binaries]), jsonBytes: json.length };
}

/** The k highest of each image as Triton writes them: `score:index:label`, with six decimals. */
export function classify(numbers: Float32Array, k: number, labels: readonly string[]): string[] {
  const classes: string[] = [];
  for (let first = 0; first < numbers.length; first += labels.length) {
    const scores = numbers.subarray(first, first + labels.length);
    for (const index of topK(scores, k)) classes.push(`${scores[index]!.toFixed(6)}:${index}:${labels[index]}`);
  }
  return classes;
}

export function asBytes(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Strings as bytes: before each its length in bytes, four of them, little-endian. */
export function lengthPrefixed(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
