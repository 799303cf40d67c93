import { type Bundle, topK } from '@mnist-edge/recognizer';
import type { InferPlan } from './infer-request.ts';

/** Bytes of an answer up to which it goes out as a text, in one piece with its headers. */
const ONE_PIECE = 4096;

export interface InferAnswer {
  /** A string has a byte for each character (latin1). */
  readonly body: Buffer | string;
  /** Bytes of JSON at the body's beginning; null where it is all there is. */
  readonly jsonBytes: number | null;
}

/**
 * All of an answer that is the same for all requests of a plan, so that only numbers are left to write.
 * @param results one flat `[batch, labels]` for each output asked for, in that order
 */
export type AnswerForm = (results: readonly Float32Array[]) => InferAnswer;

/** Writes an output. @param behind gets what comes behind the JSON @returns its JSON */
type Slot = (numbers: Float32Array, behind: Uint8Array[]) => string;

/** How a plan's answers look. */
export function answerForm({ id, batch, outputs }: InferPlan, bundle: Bundle): AnswerForm {
  const { name, version, labels } = bundle;
  const quoted = JSON.stringify;
  const start = `{"model_name":${quoted(name)},"model_version":${quoted(version)}${id === undefined ? '' : `,"id":${quoted(id)}`},"outputs":[`;
  const slots = outputs.map((output, index): Slot => {
    const k = Math.min(output.classification, labels.length);
    const [datatype, width] = k === 0 ? ['FP32', labels.length] : ['BYTES', k];
    const before = index === 0 ? start : ',';
    const head = `${before}{"name":${quoted(output.name)},"datatype":"${datatype}","shape":[${batch},${width}]`;
    const sized = (bytes: number) => `${head},"parameters":{"binary_data_size":${bytes}}}`;
    if (!output.binary) {
      const write =
        k === 0 ? jsonNumbers : (numbers: Float32Array) => quoted(classify(numbers, k, labels)).slice(1, -1);
      return (numbers) => `${head},"data":[${write(numbers)}]}`;
    }
    if (k === 0) {
      const text = sized(batch * labels.length * Float32Array.BYTES_PER_ELEMENT);
      return (numbers, behind) => {
        behind.push(asBytes(numbers));
        return text;
      };
    }
    return (numbers, behind) => {
      const bytes = lengthPrefixed(classify(numbers, k, labels));
      behind.push(bytes);
      return sized(bytes.length);
    };
  });
  return (results) => {
    let json = '';
    const behind: Uint8Array[] = [];
    for (let i = 0; i < slots.length; i++) json += slots[i]!(results[i]!, behind);
    return whole(`${json}]}`, behind);
  };
}

/** A float32 is also a double, and JSON prints a double with all the digits that tell it apart: exact. */
function jsonNumbers(numbers: Float32Array): string {
  return numbers.every(Number.isFinite) ? numbers.join() : JSON.stringify(Array.from(numbers)).slice(1, -1);
}

function whole(json: string, behind: readonly Uint8Array[]): InferAnswer {
  // What is not ASCII has more bytes than characters.
  const jsonBytes = Buffer.byteLength(json);
  const head = jsonBytes === json.length ? json : Buffer.from(json);
  if (behind.length === 0) return { body: head, jsonBytes: null };
  const length = behind.reduce((sum, bytes) => sum + bytes.length, jsonBytes);
  if (length > ONE_PIECE || typeof head !== 'string') {
    return { body: Buffer.concat([Buffer.from(json), ...behind]), jsonBytes };
  }
  let text = head;
  for (const { buffer, byteOffset, byteLength } of behind) {
    text += Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
  }
  return { body: text, jsonBytes };
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
