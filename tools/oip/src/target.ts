import { Problem } from '@mnist-edge/recognizer';
import type { GrpcClient } from './grpc.ts';
import { type Answer, ask, isObject, jsonObject } from './http.ts';
import type { TensorSpec } from './tensor.ts';

/** The server under test, and what it says about itself. */
export interface Target {
  /** Such as http://127.0.0.1:3000. */
  readonly url: string;
  readonly extensions: readonly string[];
  readonly model: ModelSpec;
  readonly grpc: GrpcClient | null;
  readonly repository: Repository | null;
}

export interface ModelSpec {
  readonly name: string;
  /** Empty where the server has no versions. */
  readonly versions: readonly string[];
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** Where the model repository extension answers; some servers have it on a port of its own. */
export interface Repository {
  readonly url: string;
  /** Sent as `Authorization: Bearer …` where there is one. */
  readonly key: string | null;
}

/**
 * Reads the server's and the model's metadata, from which all requests are built.
 * @throws {Problem} when they cannot be read: there is nothing to test then
 */
export async function discover(
  url: string,
  modelName: string,
  more: Pick<Target, 'grpc' | 'repository'>,
): Promise<Target> {
  const server = await read(url, '/v2');
  const model = await read(url, modelPath(modelName));
  return {
    url,
    extensions: strings(server.extensions),
    model: {
      name: modelName,
      versions: strings(model.versions),
      inputs: tensors(model.inputs, `inputs of ${modelName}`),
      outputs: tensors(model.outputs, `outputs of ${modelName}`),
    },
    ...more,
  };
}

export function modelPath(name: string, version?: string): string {
  const path = `/v2/models/${encodeURIComponent(name)}`;
  return version === undefined ? path : `${path}/versions/${encodeURIComponent(version)}`;
}

/** Whether every input's first axis varies: then several rows go in one request. */
export function isBatched({ inputs }: ModelSpec): boolean {
  return inputs.every(({ shape }) => shape[0] === -1);
}

async function read(url: string, path: string): Promise<Record<string, unknown>> {
  let answer: Answer;
  try {
    answer = await ask(url, { path });
    if (answer.status === 200) return jsonObject(answer);
  } catch (error) {
    throw new Problem(`There is no server to test at ${url}: ${error instanceof Error ? error.message : error}`);
  }
  throw new Problem(
    `${url}${path} answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 200)}. ` +
      'Name a model that the server has: --model=<name>',
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function tensors(value: unknown, what: string): TensorSpec[] {
  const list = Array.isArray(value) ? value.filter(isTensor) : [];
  if (list.length === 0) throw new Problem(`The metadata names no ${what}; without them no request can be built.`);
  return list;
}

function isTensor(value: unknown): value is TensorSpec {
  return (
    isObject(value) &&
    typeof value.name === 'string' &&
    typeof value.datatype === 'string' &&
    Array.isArray(value.shape) &&
    value.shape.every((size) => Number.isInteger(size))
  );
}
