import { InferenceError } from './errors.ts';

export interface ClientOptions {
  /** Sent as `Authorization: Bearer …`. */
  readonly apiKey?: string;
  /** For a whole request, in ms. @default 30000 */
  readonly timeoutMs?: number;
  /** Instead of the platform's own, to add a proxy, say. */
  readonly fetch?: typeof fetch;
}

/** For one request. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Instead of the client's. */
  readonly timeoutMs?: number;
}

export interface Call extends CallOptions {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Blob;
}

export interface Reply {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

export interface Transport {
  /** @throws {InferenceError} where there is no whole answer in time; an error status is an answer */
  send(call: Call): Promise<Reply>;
}

const TIMEOUT = 30_000;

/** @param base the server's address; a path before the API's own is kept, as behind a proxy */
export function createTransport(base: string, options: ClientOptions): Transport {
  const root = base.replace(/\/+$/, '');
  return {
    send: async ({ method = 'GET', path, headers, body, signal, timeoutMs }) => {
      const url = root + path;
      const patience = timeoutMs ?? options.timeoutMs ?? TIMEOUT;
      const timeout = AbortSignal.timeout(patience);
      const request = options.fetch ?? fetch;
      try {
        const response = await request(url, {
          method,
          headers: {
            ...(options.apiKey === undefined ? {} : { Authorization: `Bearer ${options.apiKey}` }),
            ...headers,
          },
          ...(body === undefined ? {} : { body }),
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        });
        const bytes = new Uint8Array(await response.arrayBuffer());
        return { url, status: response.status, headers: response.headers, bytes };
      } catch (error) {
        signal?.throwIfAborted();
        if (timeout.aborted) {
          throw new InferenceError('timeout', `${url} did not answer within ${patience / 1000} s.`, url, {
            cause: error,
          });
        }
        throw new InferenceError('unreachable', `${url} cannot be reached: ${reason(error)}`, url, { cause: error });
      }
    },
  };
}

/** `fetch failed` says nothing; its cause, in Node, does. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ('code' in cause ? String(cause.code) : error.message);
}

/** @throws {InferenceError} for an error status, with the server's message, and for a body that is no JSON object */
export function readJson(reply: Reply, bytes: Uint8Array = reply.bytes): Record<string, unknown> {
  checkStatus(reply);
  const value = parse(bytes);
  if (!isObject(value)) throw nonsense(reply, 'a body that is no JSON object');
  return value;
}

export function checkStatus(reply: Reply): void {
  const { url, status, headers, bytes } = reply;
  if (status < 400) return;
  const value = parse(bytes);
  const said = isObject(value) && typeof value.error === 'string' ? value.error : `${url} answered ${status}.`;
  const seconds = Number.parseInt(headers.get('Retry-After') ?? '', 10);
  throw new InferenceError(status < 500 ? 'refused' : 'unavailable', said, url, {
    status,
    retryAfterSeconds: Number.isNaN(seconds) ? null : seconds,
  });
}

/** The error for an answer that is not the protocol's. */
export function nonsense({ url, status }: Pick<Reply, 'url' | 'status'>, found: string): InferenceError {
  return new InferenceError(
    'protocol',
    `${url} answered with ${found}. Is there an inference server at that address?`,
    url,
    { status },
  );
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
