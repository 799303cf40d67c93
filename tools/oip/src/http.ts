import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { Broken, expect, shown } from './case.ts';

export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | string;
  /** Sends the body in chunks, with no Content-Length. */
  readonly chunked?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How long a server may take to answer one request, in ms. */
const PATIENCE = 30_000;

/**
 * One HTTP request on a connection of its own. Unlike `fetch`, it sends the path, the headers and the body exactly as
 * given, and decodes nothing.
 * @throws {Broken} when the server closes the connection without an answer or takes too long
 */
export async function ask(url: string, { method = 'GET', path, headers, body, chunked }: Question): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const bytes = body === undefined ? null : Buffer.from(body);
  const outgoing = request({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port || 80,
    method,
    path,
    agent: false,
    timeout: PATIENCE,
    headers: { Connection: 'close', ...(bytes && !chunked ? { 'Content-Length': bytes.length } : {}), ...headers },
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
  try {
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    if (bytes && chunked) {
      const middle = bytes.length >> 1;
      outgoing.write(bytes.subarray(0, middle));
      outgoing.write(bytes.subarray(middle));
    } else if (bytes) outgoing.write(bytes);
    outgoing.end();
    const [incoming] = await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
  } catch (error) {
    throw new Broken(`${method} ${path} got no answer: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws {Broken} when the body is no JSON object */
export function jsonObject({ body }: Pick<Answer, 'body'>): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new Broken(`the body is not JSON: ${shown(body.toString('utf8'))}`);
  }
  expect(isObject(value), () => `the body is not a JSON object: ${shown(value)}`);
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {Broken} unless the answer has the status; the message shows what the server said instead */
export function expectStatus({ status, body }: Answer, expected: number): void {
  expect(status === expected, () => `status ${status}, expected ${expected}: ${shown(body.toString('utf8'))}`);
}

/** @throws {Broken} unless it is an error status with the protocol's error object: `{"error": $string}` */
export function expectError(answer: Answer): void {
  const { status, body } = answer;
  expect(status >= 400, () => `status ${status}, expected an error status: ${shown(body.toString('utf8'))}`);
  const object = jsonObject(answer);
  const good = typeof object.error === 'string' && object.error !== '';
  expect(good, () => `status ${status}, but the body has no "error" string; its members are ${Object.keys(object)}`);
}
