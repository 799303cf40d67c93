import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Answering, Asking } from './known-answer.ts';
import { Refusal } from './refusal.ts';

/** Answers any path and method that nothing else took. */
export const noSuchRoute: RequestHandler = (request) => {
  throw new Refusal(404, `There is nothing at ${request.method} ${request.path}.`);
};

/** Answers a known path that was asked with another method. @param methods as in an `Allow` header */
export function only(...methods: string[]): RequestHandler {
  const allow = methods.join(', ');
  return (request, response) => {
    if (request.method === 'OPTIONS') {
      response.status(204).set('Allow', allow).end();
      return;
    }
    throw new Refusal(405, `${request.originalUrl} takes ${allow}, not ${request.method}.`, { Allow: allow });
  };
}

/** What becomes of an error in a route of Express. */
export function answerError(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    answerFailure(log, error, request, response, response.locals.trace?.requestId ?? randomUUID());
  };
}

/**
 * The one place where an error becomes an answer, always `{"error": "..."}`: a Refusal as it says, a fault of the
 * request that Express found with its own status, anything else 500 with an id that the log holds too.
 */
export function answerFailure(log: Logger, error: unknown, request: Asking, response: Answering, id: string): void {
  const { method } = request;
  const url = 'originalUrl' in request ? request.originalUrl : request.url;
  if (response.headersSent) {
    // Too late for another answer; nobody shall take half a body for a whole one.
    log.error({ err: error, method, url }, 'failed while answering');
    response.destroy();
    return;
  }
  const refusal = asRefusal(error);
  if (refusal !== null) {
    sendRefusal(response, refusal);
    return;
  }
  log.error({ err: error, id, method, url }, 'internal error');
  sendJson(response, 500, { error: 'internal error', id });
}

/** Straight to Node's response: a refusal costs as little as can be. */
export function sendRefusal(response: Answering, { status, message, headers }: Refusal): void {
  for (const name in headers) response.setHeader(name, headers[name]!);
  sendJson(response, status, { error: message });
}

function sendJson(response: Answering, status: number, json: object): void {
  const body = JSON.stringify(json);
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body, 'utf8');
}

/** What Express, its body parsers and its file server throw for a bad request carries a status and often a type. */
interface RequestFault extends Error {
  readonly status: number;
  readonly type?: string;
  readonly limit?: number;
}

function asRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (!isRequestFault(error)) return null;
  switch (error.type) {
    case 'entity.too.large':
      return new Refusal(413, `The body is too large: this server takes at most ${error.limit} bytes here.`);
    case 'entity.parse.failed':
      return new Refusal(400, `The body is not valid JSON: ${error.message}`);
    default:
      return new Refusal(error.status, `The request is not valid: ${error.message}`);
  }
}

function isRequestFault(error: unknown): error is RequestFault {
  return error instanceof Error && 'status' in error && Number(error.status) >= 400 && Number(error.status) < 500;
}
