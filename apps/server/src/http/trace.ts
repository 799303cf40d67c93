import { randomBytes, randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';

/** How a request is found again, here and in whatever else it passed through. */
export interface Trace {
  /** The client's `X-Request-Id`, or a new one. */
  readonly requestId: string;
  /** Of the W3C trace that the request belongs to; undefined where it belongs to none. */
  readonly traceId: string | undefined;
}

/** W3C Trace Context, level 1: version, trace, parent, flags. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/**
 * Names a request, and tells its client: `X-Request-Id`, and `traceparent` with a span of our own where it came with
 * a trace.
 */
export function traceOf(request: Request, response: Response): Trace {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', requestId);
  const parent = request.headers.traceparent;
  const [, traceId, flags] = (typeof parent === 'string' && TRACEPARENT.exec(parent)) || [];
  if (traceId !== undefined) {
    response.setHeader('traceparent', `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`);
  }
  return { requestId, traceId };
}
