import { InferenceError } from './errors.ts';
import { type Inference, type InferOptions, inferCall, modelPath, readInference } from './infer.ts';
import { type Line, type Picture, pictureCall, type Recognition, readLine, readRecognition } from './recognize.ts';
import { datatypeOf, type Tensor, toJson } from './tensor.ts';
import { type CallOptions, type ClientOptions, createTransport, isObject, nonsense, readJson } from './transport.ts';

export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  /** -1 is a size that varies. */
  readonly shape: readonly number[];
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions?: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /** Whatever else the server says of it; ours `precision`, fp32 or int8, and `sha256`, of the file that runs. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface ExplainOptions extends CallOptions {
  readonly version?: string;
  /** `occlusion`, where left out: parts of the image are blanked in turn. `class-activation`: what the last layer sees where. */
  readonly method?: 'occlusion' | 'class-activation';
  /** Index of the class that is to be explained; the most likely where left out. */
  readonly target?: number;
  /** Of occlusion: side of the patch that is blanked, in pixels. */
  readonly patch?: number;
  /** Of occlusion: from one patch to the next, in pixels. */
  readonly stride?: number;
}

export interface Explanation {
  /** Index and name of the class that is explained. */
  readonly target: number;
  readonly label: string;
  /** How much each pixel speaks for it, row-major. */
  readonly map: Float32Array;
  readonly shape: readonly number[];
}

export interface Client {
  /** Whether the server answers at all; a server that cannot be reached does not, and nothing is thrown. */
  live(options?: CallOptions): Promise<boolean>;
  /** Whether the server, or one of its models, takes requests. */
  ready(model?: string, options?: CallOptions & { readonly version?: string }): Promise<boolean>;
  server(options?: CallOptions): Promise<ServerMetadata>;
  model(name: string, options?: CallOptions & { readonly version?: string }): Promise<ModelMetadata>;
  /** Runs a model on tensors, by the names of its inputs. */
  infer(model: string, inputs: Readonly<Record<string, Tensor>>, options?: InferOptions): Promise<Inference>;
  /** Tells the digit in a picture's file or in pen strokes. */
  recognize(picture: Picture, options?: CallOptions): Promise<Recognition>;
  /** Reads a line of digits, from left to right. */
  recognizeLine(picture: Picture, options?: CallOptions): Promise<Line>;
  /** Why the model answers as it does: what each pixel of one image speaks for. */
  explain(model: string, inputs: Readonly<Record<string, Tensor>>, options?: ExplainOptions): Promise<Explanation>;
}

/**
 * A client of an inference server. It holds no connection and needs no closing.
 * @param url the server's address, such as http://localhost:3000
 * @throws {TypeError} for what is no address; every method throws {InferenceError}, or the reason of an aborted signal
 * @example
 * const client = createClient('http://localhost:3000');
 * const { outputs } = await client.infer('digits', { image: { shape: [1, 28, 28, 1], data: new Float32Array(784) } });
 * const { digit } = await client.recognize(await (await fetch('seven.png')).blob());
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new TypeError(`"${url}" is no address of a server. Give one such as http://localhost:3000.`);
  }
  const { send } = createTransport(url, options);

  const isOk = async (path: string, call: CallOptions): Promise<boolean> => {
    try {
      const { status } = await send({ ...signalled(call), path });
      return status === 200;
    } catch (error) {
      if (error instanceof InferenceError) return false;
      throw error;
    }
  };

  return {
    live: (call = {}) => isOk('/v2/health/live', call),
    ready: (model, { version, ...call } = {}) =>
      isOk(model === undefined ? '/v2/health/ready' : `${modelPath(model, version)}/ready`, call),
    server: async (call = {}) => {
      const reply = await send({ ...signalled(call), path: '/v2' });
      const json = readJson(reply);
      if (typeof json.name !== 'string' || !Array.isArray(json.extensions)) throw nonsense(reply, 'no server metadata');
      return json as unknown as ServerMetadata;
    },
    model: async (name, { version, ...call } = {}) => {
      const reply = await send({ ...signalled(call), path: modelPath(name, version) });
      const json = readJson(reply);
      if (!Array.isArray(json.inputs) || !Array.isArray(json.outputs)) throw nonsense(reply, 'no model metadata');
      return json as unknown as ModelMetadata;
    },
    infer: async (model, inputs, call = {}) => readInference(await send(inferCall(model, inputs, call))),
    recognize: async (picture, call = {}) =>
      readRecognition(await send({ ...signalled(call), ...pictureCall(picture, 'digit') })),
    recognizeLine: async (picture, call = {}) =>
      readLine(await send({ ...signalled(call), ...pictureCall(picture, 'line') })),
    explain: async (model, inputs, { version, method, target, patch, stride, ...call } = {}) => {
      const parameters = Object.entries({ method, target, patch, stride }).filter(([, value]) => value !== undefined);
      const reply = await send({
        ...signalled(call),
        method: 'POST',
        path: `${modelPath(model, version)}/explain`,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          parameters: Object.fromEntries(parameters),
          inputs: Object.entries(inputs).map(([name, { shape, data }]) => ({
            name,
            shape,
            datatype: datatypeOf(data),
            data: toJson(data),
          })),
        }),
      });
      const { outputs } = readInference(reply);
      const said = readJson(reply).parameters;
      const [map] = Object.values(outputs);
      if (!isObject(said) || typeof said.target !== 'number' || !(map?.data instanceof Float32Array)) {
        throw nonsense(reply, 'no explanation');
      }
      return { target: said.target, label: String(said.label), map: map.data, shape: map.shape };
    },
  };
}

/** Only what belongs to the call itself. */
function signalled({ signal, timeoutMs }: CallOptions): CallOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}
