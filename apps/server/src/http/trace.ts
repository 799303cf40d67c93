import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answering } from './known-answer.ts';

/** How a request is found again, here and in whatever else it passed through. */
export interface Trace {
  /** The client's `X-Request-Id`, or a new one. */
  readonly requestId: string;
  /** Of the W3C trace that the request belongs to; undefined where it belongs to none. */
  readonly traceId: string | undefined;
  /** The same trace with a span of our own. */
  readonly traceparent: string | undefined;
}

/** W3C Trace Context, level 1: version, trace, parent, flags. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** Names a request. */
export function traceOf({ headers }: Pick<IncomingMessage, 'headers'>): Trace {
  const given = headers['x-request-id'];
  const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  const parent = headers.traceparent;
  if (typeof parent !== 'string') return { requestId, traceId: undefined, traceparent: undefined };
  const [, traceId, flags] = TRACEPARENT.exec(parent) ?? [];
  const traceparent = traceId && `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
  return { requestId, traceId, traceparent };
}

/** Tells a request's client its names. */
export function showTrace(response: Pick<Answering, 'setHeader'>, { requestId, traceparent }: Trace): void {
  response.setHeader('X-Request-Id', requestId);
  if (traceparent !== undefined) response.setHeader('traceparent', traceparent);
}
