import { Broken, expect, shown } from './case.ts';
import { type Answer, ask, expectStatus, isObject, jsonObject, type Question } from './http.ts';
import { isBatched, type ModelSpec, modelPath, type Target } from './target.ts';
import { count, DATATYPES, type Element, SIZES, sample, type Tensor } from './tensor.ts';

export interface JsonInput {
  name: string;
  shape: number[];
  datatype: string;
  data: unknown;
  parameters?: Record<string, unknown>;
}

export interface JsonOutput {
  name: string;
  parameters?: Record<string, unknown>;
}

/** The body of an inference request, as a case may change it. */
export interface JsonRequest {
  id?: string;
  parameters?: Record<string, unknown>;
  inputs: JsonInput[];
  outputs?: JsonOutput[];
}

/** An inference request that the model takes. @param batch rows, where the model takes several */
export function goodRequest(model: ModelSpec, batch = 1): JsonRequest {
  return { inputs: samples(model, batch).map(toInput) };
}

export function samples(model: ModelSpec, batch = 1): Tensor[] {
  return model.inputs.map((spec) => sample(spec, isBatched(model) ? batch : 1));
}

export function toInput({ name, shape, datatype, elements }: Tensor): JsonInput {
  return { name, shape: [...shape], datatype, data: [...elements] };
}

/** Posts a body to the model's infer endpoint. @param body a string is sent as it is, anything else as JSON */
export function postInfer(target: Target, body: unknown, more: Partial<Question> = {}): Promise<Answer> {
  return ask(target.url, {
    method: 'POST',
    path: `${modelPath(target.model.name)}/infer`,
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    ...more,
    headers: { 'Content-Type': 'application/json', ...more.headers },
  });
}

export interface InferAnswer {
  readonly json: Record<string, unknown>;
  readonly outputs: readonly OutputTensor[];
}

export interface OutputTensor extends Tensor {
  readonly parameters: Record<string, unknown>;
}

/** Posts a request that must succeed, and reads the tensors that came back as JSON. */
export async function infer(target: Target, body: unknown, more: Partial<Question> = {}): Promise<InferAnswer> {
  const answer = await postInfer(target, body, more);
  expectStatus(answer, 200);
  return readInferAnswer(jsonObject(answer));
}

/** @throws {Broken} where it is no $inference_response */
export function readInferAnswer(
  json: Record<string, unknown>,
  elementsOf = (output: Record<string, unknown>) => jsonElements(output),
): InferAnswer {
  const { outputs } = json;
  expect(Array.isArray(outputs), () => `"outputs" is no array: ${shown(outputs)}`);
  return { json, outputs: outputs.map((output) => readOutput(output, elementsOf)) };
}

function readOutput(
  output: unknown,
  elementsOf: (output: Record<string, unknown>) => readonly Element[],
): OutputTensor {
  expect(isObject(output), () => `an output is no object: ${shown(output)}`);
  const { name, shape, datatype, parameters } = output;
  expect(typeof name === 'string', () => `an output has no name: ${shown(output)}`);
  expect(
    typeof datatype === 'string' && DATATYPES.includes(datatype),
    () => `the datatype of output "${name}" is ${shown(datatype)}`,
  );
  expect(
    Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size >= 0),
    () => `the shape of output "${name}" is ${shown(shape)}`,
  );
  return {
    name,
    datatype,
    shape: shape as number[],
    parameters: isObject(parameters) ? parameters : {},
    elements: elementsOf(output),
  };
}

function jsonElements({ name, shape, data }: Record<string, unknown>): Element[] {
  expect(Array.isArray(data), () => `output "${name}" has no data: ${shown(data)}`);
  const flat = (data as unknown[]).flat(Number.POSITIVE_INFINITY as 1);
  const expected = count(shape as number[]);
  expect(
    flat.length === expected,
    () => `output "${name}" holds ${flat.length} elements; its shape ${shown(shape)} says ${expected}`,
  );
  for (const value of flat) {
    const known = ['number', 'boolean', 'string'].includes(typeof value);
    expect(known, () => `output "${name}" holds ${shown(value)}, which is no number, boolean or string`);
  }
  return flat as Element[];
}

/** @throws {Broken} where the answer has no such output */
export function outputNamed({ outputs }: InferAnswer, name: string): OutputTensor {
  const output = outputs.find((candidate) => candidate.name === name);
  if (output === undefined) throw new Broken(`no output "${name}"; there are ${shown(outputs.map((o) => o.name))}`);
  return output;
}

/** @throws {Broken} unless both answers hold the same outputs, whatever their order */
export function expectSame(found: InferAnswer, expected: InferAnswer, what: string, tolerance = 1e-5): void {
  for (const output of expected.outputs) {
    const other = outputNamed(found, output.name);
    expect(
      other.shape.join() === output.shape.join(),
      () => `${what}: output "${output.name}" has the shape ${shown(other.shape)} instead of ${shown(output.shape)}`,
    );
    for (const [k, value] of output.elements.entries()) {
      const twin = other.elements[k]!;
      const near =
        value === twin ||
        (typeof value === 'number' &&
          typeof twin === 'number' &&
          Math.abs(value - twin) <= tolerance * Math.max(1, Math.abs(value)));
      expect(near, () => `${what}: element ${k} of output "${output.name}" is ${twin} instead of ${value}`);
    }
  }
}

/** Whether an element of the type is a number in JSON. */
export function isNumeric(datatype: string): boolean {
  return datatype !== 'BOOL' && SIZES[datatype] !== undefined;
}
