import type { handleUnaryCall, ServerUnaryCall, ServiceDefinition, status } from '@grpc/grpc-js';
import { type Bundle, PIXELS, Problem } from '@mnist-edge/recognizer';
import type { Logger } from 'pino';
import manifest from '../../package.json' with { type: 'json' };
import { beside } from '../beside.ts';
import { hasKey } from '../http/keys.ts';
import type { Readiness } from '../http/readiness.ts';
import { Refusal } from '../http/refusal.ts';
import type { Models } from '../models/models.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Settings } from '../settings.ts';
import { asBytes, classify, lengthPrefixed } from './infer-answer.ts';
import { checkInput, type OutputRequest, readOutputs } from './infer-request.ts';
import { modelMetadata, serverMetadata } from './metadata.ts';
import { BYTES, readTensorBytes, readTensorData } from './tensor-data.ts';

export interface Parts {
  readonly models: Models;
  readonly settings: Settings;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface Grpc {
  /** Host and port. */
  readonly address: string;
  close(): Promise<void>;
}

interface ModelRef {
  readonly name: string;
  readonly version: string;
}

interface Parameter {
  readonly int64_param?: number;
}

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly contents?: { readonly fp32_contents: readonly number[]; readonly uint_contents: readonly number[] } | null;
}

interface InferRequest {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly { readonly name: string; readonly parameters: Readonly<Record<string, Parameter>> }[];
  readonly raw_input_contents: readonly Buffer[];
}

/** The gRPC form of the protocol, on a port of its own. @throws {Problem} when it cannot be listened on */
export async function startGrpc({ models, settings, readiness, metrics, log }: Parts): Promise<Grpc> {
  // Loaded only where it is asked for: it takes several megabytes.
  const { Server, ServerCredentials, status } = await import('@grpc/grpc-js');
  const server = new Server({
    'grpc.max_receive_message_length': settings.maxJsonBytes,
    'grpc.max_send_message_length': -1,
  });
  const find = ({ name, version }: ModelRef) => models.find(name, version === '' ? undefined : version);
  server.addService(await serviceDefinition(), {
    ServerLive: unary('live', () => ({ live: true })),
    ServerReady: unary('live', () => ({ ready: readiness.ready })),
    ModelReady: unary<ModelRef>('open', (request) => {
      find(request);
      return { ready: readiness.ready };
    }),
    ServerMetadata: unary('open', () => serverMetadata(manifest.version)),
    ModelMetadata: unary<ModelRef>('open', (request) => {
      const asked = find(request);
      const versions = models.list().filter((model) => model.bundle.name === asked.bundle.name);
      return modelMetadata(
        asked,
        versions.map((model) => model.bundle.version),
      );
    }),
    ModelInfer: unary<InferRequest>('open', infer),
  });
  const credentials =
    settings.tls === null
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [
          { cert_chain: Buffer.from(settings.tls.cert), private_key: Buffer.from(settings.tls.key) },
        ]);
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${settings.grpcPort}`, credentials, (error, bound) =>
      error === null
        ? resolve(bound)
        : reject(new Problem(`The gRPC service cannot listen on ${host}:${settings.grpcPort}: ${error.message}`)),
    );
  });
  return {
    address: `${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        const limit = setTimeout(() => server.forceShutdown(), settings.shutdownTimeoutMs);
        server.tryShutdown(() => {
          clearTimeout(limit);
          resolve();
        });
      }),
  };

  /** A call whose handler's errors become gRPC's: a Refusal as it says, anything else INTERNAL and in the log. */
  function unary<T>(
    access: 'live' | 'open',
    handler: (request: T, call: ServerUnaryCall<T, object>) => object | Promise<object>,
  ): handleUnaryCall<T, object> {
    return async (call, callback) => {
      try {
        const [authorization] = call.metadata.get('authorization');
        if (access !== 'live' && settings.apiKeys.length > 0 && !hasKey(authorization?.toString(), settings.apiKeys)) {
          throw new Refusal(401, 'This server needs a key: metadata authorization: Bearer <key>.');
        }
        callback(null, await handler(call.request, call));
      } catch (error) {
        if (!(error instanceof Refusal)) log.error({ err: error, method: call.getPath() }, 'internal error');
        const [code, details] =
          error instanceof Refusal
            ? [status[nameOf(error.status)], error.message]
            : [status.INTERNAL, 'internal error'];
        callback({ code, details });
      }
    };
  }

  async function infer(request: InferRequest, call: ServerUnaryCall<InferRequest, object>): Promise<object> {
    const model = find({ name: request.model_name, version: request.model_version });
    return model.use(async () => {
      const { bundle } = model;
      const images = readImages(request, bundle, settings.maxBatch);
      const outputs = readOutputs(request.outputs.map(asRestOutput), true, bundle);
      const names = outputs.map(({ name }) => name);
      const timeout = own(request.parameters, 'timeout') ?? 0;
      const batch = await model.infer(images, names, deadlineOf(call, timeout, settings.deadlineMs));
      metrics.inference(model, images.length / PIXELS, batch);
      const raw = request.raw_input_contents.length > 0;
      const tensors = outputs.map((output, i) => tensorOf(output, batch.results[i]!, bundle));
      return {
        model_name: bundle.name,
        model_version: bundle.version,
        id: request.id,
        outputs: tensors.map(({ name, datatype, shape, contents }) => ({
          name,
          datatype,
          shape,
          ...(!raw && { contents }),
        })),
        raw_output_contents: raw ? tensors.map(({ bytes }) => bytes) : [],
      };
    });
  }
}

async function serviceDefinition(): Promise<ServiceDefinition> {
  const { loadSync } = await import('@grpc/proto-loader');
  const definitions = loadSync(beside('proto/open_inference.proto'), {
    keepCase: true,
    longs: Number,
    defaults: true,
    oneofs: true,
  });
  return definitions['inference.GRPCInferenceService'] as ServiceDefinition;
}

/** The one tensor of a request, from its numbers or from the raw bytes. @throws {Refusal} 400 */
function readImages(request: InferRequest, bundle: Bundle, maxBatch: number): Float32Array {
  const { inputs, raw_input_contents: raw } = request;
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw new Refusal(400, `inputs holds ${inputs.length} tensors; ${bundle.name} takes one, "${bundle.input.name}".`);
  }
  const { batch, datatype } = checkInput(input, bundle, maxBatch);
  const contents = datatype === 'FP32' ? input.contents?.fp32_contents : input.contents?.uint_contents;
  if (raw.length === 0) return readTensorData(contents, input.shape, datatype, 'inputs[0].contents');
  if (raw.length > 1 || (contents ?? []).length > 0) {
    throw new Refusal(400, 'raw_input_contents must hold one entry for the one input, and the input no contents.');
  }
  const expected = batch * PIXELS * BYTES[datatype];
  if (raw[0]!.length !== expected) {
    throw new Refusal(
      400,
      `raw_input_contents[0] is ${raw[0]!.length} bytes; ${datatype} [${input.shape.join(', ')}] is ${expected} bytes.`,
    );
  }
  return readTensorBytes(raw[0]!, datatype, 'inputs[0]');
}

function asRestOutput({ name, parameters }: InferRequest['outputs'][number]) {
  const classification = own(parameters, 'classification');
  if (classification !== undefined && classification < 1) {
    throw new Refusal(400, `The parameter classification of output ${JSON.stringify(name)} must be at least 1.`);
  }
  return { name, ...(classification !== undefined && { parameters: { classification } }) };
}

function own(parameters: Readonly<Record<string, Parameter>>, name: string): number | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name]!.int64_param : undefined;
}

function tensorOf({ name, classification }: OutputRequest, numbers: Float32Array, bundle: Bundle) {
  const labels = bundle.labels.length;
  const batch = numbers.length / labels;
  if (classification === 0) {
    return {
      name,
      datatype: 'FP32',
      shape: [batch, labels],
      bytes: asBytes(numbers),
      contents: { fp32_contents: Array.from(numbers) },
    };
  }
  const classes = classify(numbers, Math.min(classification, labels), bundle.labels);
  return {
    name,
    datatype: 'BYTES',
    shape: [batch, classes.length / batch],
    bytes: lengthPrefixed(classes),
    contents: { bytes_contents: classes.map((text) => Buffer.from(text)) },
  };
}

/** On `performance.now()`'s clock: the earliest of the client's deadline, its timeout (microseconds), and the server's. */
function deadlineOf(call: ServerUnaryCall<InferRequest, object>, timeout: number, most: number): number {
  const deadline = call.getDeadline();
  const left = (deadline instanceof Date ? deadline.getTime() : deadline) - Date.now();
  return performance.now() + Math.min(left, timeout > 0 ? timeout / 1000 : most, most);
}

function nameOf(httpStatus: number): keyof typeof status {
  switch (httpStatus) {
    case 400:
      return 'INVALID_ARGUMENT';
    case 401:
      return 'UNAUTHENTICATED';
    case 404:
      return 'NOT_FOUND';
    case 503:
      return 'UNAVAILABLE';
    case 504:
      return 'DEADLINE_EXCEEDED';
    default:
      return 'INTERNAL';
  }
}
