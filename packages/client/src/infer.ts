import { datatypeOf, fromBytes, fromJson, type OutputTensor, type Tensor, toBytes, toJson } from './tensor.ts';
import { type Call, type CallOptions, checkStatus, isObject, nonsense, type Reply, readJson } from './transport.ts';

export interface InferOptions extends CallOptions {
  readonly version?: string;
  /** Comes back with the answer, and is in the server's log. */
  readonly id?: string;
  /** Names of the outputs wanted; all where left out. */
  readonly outputs?: readonly string[];
  /** For an output, how many of its highest classes to return, as texts `value:index:label`. */
  readonly classification?: Readonly<Record<string, number>>;
  /** False sends and asks for JSON, which any server of the protocol takes; it is several times as long. @default true */
  readonly binary?: boolean;
}

export interface Inference {
  readonly model: string;
  readonly version: string | undefined;
  readonly id: string | undefined;
  readonly outputs: Readonly<Record<string, OutputTensor>>;
}

/** The path of a model, or of one of its versions. */
export function modelPath(model: string, version: string | undefined): string {
  const path = `/v2/models/${encodeURIComponent(model)}`;
  return version === undefined ? path : `${path}/versions/${encodeURIComponent(version)}`;
}

/** The request of an inference. @param inputs by name */
export function inferCall(model: string, inputs: Readonly<Record<string, Tensor>>, options: InferOptions): Call {
  const { version, id, binary = true, signal, timeoutMs } = options;
  const path = `${modelPath(model, version)}/infer`;
  const tensors = Object.entries(inputs);
  const blocks = binary ? tensors.map(([, { data }]) => toBytes(data)) : [];
  const outputs = requestedOutputs(options);
  const json = JSON.stringify({
    ...(id === undefined ? {} : { id }),
    ...(binary ? { parameters: { binary_data_output: true } } : {}),
    inputs: tensors.map(([name, { shape, data }], k) => ({
      name,
      shape,
      datatype: datatypeOf(data),
      ...(binary ? { parameters: { binary_data_size: blocks[k]!.length } } : { data: toJson(data) }),
    })),
    ...(outputs === null ? {} : { outputs }),
  });
  const call = {
    method: 'POST' as const,
    path,
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  if (!binary) return { ...call, headers: { 'Content-Type': 'application/json' }, body: json };
  const header = new TextEncoder().encode(json);
  return {
    ...call,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Inference-Header-Content-Length': String(header.length),
    },
    body: new Blob([header, ...blocks]),
  };
}

function requestedOutputs({ outputs, classification = {} }: InferOptions): object[] | null {
  const names = outputs ?? Object.keys(classification);
  if (names.length === 0) return null;
  return names.map((name) => {
    const classes = classification[name];
    return { name, ...(classes === undefined ? {} : { parameters: { classification: classes } }) };
  });
}

/** @throws {InferenceError} where the server refused, or its answer does not fit together */
export function readInference(reply: Reply): Inference {
  checkStatus(reply);
  const length = reply.headers.get('Inference-Header-Content-Length');
  const binary = /^application\/octet-stream\b/i.test(reply.headers.get('Content-Type') ?? '');
  if (binary && length === null) {
    throw nonsense(
      reply,
      'binary data whose Inference-Header-Content-Length cannot be seen (across origins it must be exposed; binary: false does without)',
    );
  }
  const headerLength = length === null ? reply.bytes.length : Number(length);
  const json = readJson(reply, reply.bytes.subarray(0, headerLength));
  if (typeof json.model_name !== 'string' || !Array.isArray(json.outputs))
    throw nonsense(reply, 'no model and outputs');
  const outputs: Record<string, OutputTensor> = Object.create(null);
  let at = headerLength;
  for (const output of json.outputs as unknown[]) {
    if (!isObject(output)) throw nonsense(reply, 'an output that is no object');
    const { name, datatype, shape, data, parameters } = output;
    if (typeof name !== 'string' || typeof datatype !== 'string' || !Array.isArray(shape)) {
      throw nonsense(reply, 'an output without name, datatype and shape');
    }
    const size = isObject(parameters) ? parameters.binary_data_size : undefined;
    const elements =
      typeof size === 'number'
        ? fromBytes(datatype, reply.bytes.subarray(at, at + size))
        : Array.isArray(data)
          ? fromJson(datatype, data)
          : null;
    if (elements === null) throw nonsense(reply, `an output "${name}" that is no ${datatype} data`);
    at += typeof size === 'number' ? size : 0;
    const count = (shape as number[]).reduce((product, axis) => product * axis, 1);
    if (elements.length !== count) {
      throw nonsense(reply, `${elements.length} elements of "${name}" instead of ${count}`);
    }
    outputs[name] = { datatype, shape: shape as number[], data: elements };
  }
  return {
    model: json.model_name,
    version: typeof json.model_version === 'string' ? json.model_version : undefined,
    id: typeof json.id === 'string' ? json.id : undefined,
    outputs,
  };
}
