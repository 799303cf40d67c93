import { join } from 'node:path';
import { type Client, credentials, loadPackageDefinition, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Broken, expect, shown } from './case.ts';
import type { InferAnswer, OutputTensor } from './rest.ts';
import { count, decode, type Element } from './tensor.ts';

/** How long a call may take, in ms. */
const PATIENCE = 30_000;

export type Message = Record<string, unknown>;
type Method =
  | 'ServerLive'
  | 'ServerReady'
  | 'ModelReady'
  | 'ServerMetadata'
  | 'ModelMetadata'
  | 'ModelInfer'
  | 'NoSuchMethod';

export interface GrpcClient {
  /** @throws {GrpcFailure} where the status is not OK */
  call(method: Method, message: Message): Promise<Message>;
  close(): void;
}

/** A call that ended with another status than OK. */
export class GrpcFailure extends Error {
  override readonly name = 'GrpcFailure';
  readonly code: number;
  readonly details: string;

  constructor({ code, details }: Pick<ServiceError, 'code' | 'details'>) {
    super(`${status[code] ?? code}: ${details}`);
    this.code = code;
    this.details = details;
  }
}

interface Service {
  readonly inference: { readonly GRPCInferenceService: new (...args: ConstructorParameters<typeof Client>) => Client };
}

type Unary = (
  message: Message,
  options: { deadline: number },
  done: (error: ServiceError | null, answer?: Message) => void,
) => void;

/** @param address host:port, without TLS */
export function grpcClient(address: string): GrpcClient {
  const definition = loadSync(join(import.meta.dirname, '..', 'proto', 'open_inference.proto'), {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
    arrays: true,
    objects: true,
    oneofs: true,
  });
  const { inference } = loadPackageDefinition(definition) as unknown as Service;
  const client = new inference.GRPCInferenceService(address, credentials.createInsecure());
  const methods = client as unknown as Record<Method, Unary>;
  return {
    call: (method, message) =>
      new Promise((resolve, reject) => {
        methods[method].call(client, message, { deadline: Date.now() + PATIENCE }, (error, answer) => {
          if (error === null) resolve(answer!);
          else reject(new GrpcFailure(error));
        });
      }),
    close: () => client.close(),
  };
}

/** @throws {Broken} where the call succeeds, or fails in a way that a server never should */
export async function expectFailure(call: Promise<Message>, allowed?: readonly number[]): Promise<void> {
  const failure = await call.then(
    (answer) => {
      throw new Broken(`the call succeeded: ${shown(answer)}`);
    },
    (error: unknown) => {
      if (error instanceof GrpcFailure) return error;
      throw error;
    },
  );
  const { code, details } = failure;
  expect(details !== '', () => `${status[code]} with no message`);
  if (allowed !== undefined) {
    expect(
      allowed.includes(code),
      () => `${status[code]} (${details}), expected ${allowed.map((known) => status[known]).join(' or ')}`,
    );
  }
}

/** Field of InferTensorContents for each data type. */
export const CONTENTS: Readonly<Record<string, string>> = {
  BOOL: 'bool_contents',
  INT8: 'int_contents',
  INT16: 'int_contents',
  INT32: 'int_contents',
  INT64: 'int64_contents',
  UINT8: 'uint_contents',
  UINT16: 'uint_contents',
  UINT32: 'uint_contents',
  UINT64: 'uint64_contents',
  FP32: 'fp32_contents',
  FP64: 'fp64_contents',
  BYTES: 'bytes_contents',
};

/** Reads a ModelInferResponse, whose tensors are raw or typed. @throws {Broken} where the parts do not fit together */
export function readGrpcAnswer(answer: Message): InferAnswer {
  const outputs = answer.outputs as Message[];
  const raw = answer.raw_output_contents as Buffer[];
  expect(
    raw.length === 0 || raw.length === outputs.length,
    () => `${outputs.length} outputs, but ${raw.length} raw_output_contents`,
  );
  return { json: answer, outputs: outputs.map((output, k) => readOutput(output, raw[k])) };
}

function readOutput(output: Message, raw: Buffer | undefined): OutputTensor {
  const { name, datatype, shape } = output as { name: string; datatype: string; shape: number[] };
  const contents = output.contents as Record<string, unknown[]> | null;
  const typed = contents?.[CONTENTS[datatype]!] ?? [];
  if (raw !== undefined) {
    const filled = Object.values(contents ?? {}).some((values) => values.length > 0);
    expect(!filled, () => `output "${name}" has raw_output_contents and contents too`);
  }
  const elements: Element[] =
    raw !== undefined
      ? decode(datatype, raw)
      : typed.map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : (value as Element)));
  expect(
    elements.length === count(shape),
    () => `output "${name}" holds ${elements.length} elements; its shape ${shown(shape)} says ${count(shape)}`,
  );
  return { name, datatype, shape, elements, parameters: {} };
}
