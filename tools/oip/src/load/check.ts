import { readMixed } from '../binary.ts';
import { Broken, expect } from '../case.ts';
import { expectError } from '../http.ts';
import type { ModelSpec } from '../target.ts';
import { count } from '../tensor.ts';
import type { Exchange } from './connection.ts';
import type { FuzzRequest } from './requests.ts';

/** Statuses above 499 that the server documents: too busy, and too late. */
const BUSY = [503, 504];

/** @returns what is wrong with an answer, or null */
export function faultOf(request: FuzzRequest, answer: Exchange, model: ModelSpec): string | null {
  try {
    check(request, answer, model);
    return null;
  } catch (error) {
    if (error instanceof Broken) return error.message;
    return `the answer cannot be read: ${(error as Error).message}`;
  }
}

function check({ method, path, good }: FuzzRequest, answer: Exchange, model: ModelSpec): void {
  const { status, body } = answer;
  const headers = Object.fromEntries(answer.headers);
  expect(status < 500 || BUSY.includes(status), () => `status ${status}: ${body.toString('utf8', 0, 300)}`);
  if (BUSY.includes(status)) {
    expect(status !== 503 || 'retry-after' in headers, () => '503 without Retry-After');
    return;
  }
  expect(!good || status === 200, () => `a good request was answered ${status}: ${body.toString('utf8', 0, 300)}`);
  if (method === 'HEAD' || method === 'OPTIONS') return;
  if (status >= 400) expectError({ status, headers, body });
  if (status === 200 && path.endsWith('/infer')) checkInference({ status, headers, body }, model);
}

function checkInference(answer: Parameters<typeof readMixed>[0], model: ModelSpec): void {
  const { json, outputs } = readMixed(answer);
  expect(json.model_name === model.name, () => `"model_name" is ${String(json.model_name)}`);
  for (const { name, shape, datatype, elements } of outputs) {
    const known = model.outputs.some((output) => output.name === name);
    expect(known, () => `there is an output "${name}"`);
    expect(elements.length === count(shape), () => `"${name}" holds ${elements.length} elements, shape ${shape}`);
    if (datatype !== 'FP32') continue;
    const finite = elements.every((value) => Number.isFinite(value));
    expect(finite, () => `"${name}" holds a number that is not finite`);
  }
}
