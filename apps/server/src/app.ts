import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { docs } from './docs/docs.ts';
import { type Body, readBody } from './http/body.ts';
import type { Connections } from './http/connections.ts';
import { answerError, answerFailure, noSuchRoute, only } from './http/errors.ts';
import { askForKey, limitRate } from './http/guards.ts';
import type { Answering, Asking } from './http/known-answer.ts';
import type { Readiness } from './http/readiness.ts';
import { showTrace, type Trace, traceOf } from './http/trace.ts';
import { webApp } from './http/web-app.ts';
import { modelFiles } from './models/model-files.ts';
import type { Models } from './models/models.ts';
import type { Metrics } from './operations/metrics.ts';
import { INFER_PATHS, inference, inferTarget, openInference, type Target } from './protocol/open-inference.ts';
import { recognition } from './recognize/recognition.ts';
import type { Settings } from './settings.ts';

/** What the routes need; the settings are checked. */
export interface Parts {
  readonly models: Models;
  readonly settings: Settings;
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

/** What takes requests: the plain inference at once, all others by way of Express. */
export interface App extends RequestListener {
  readonly express: Express;
  /** To be kept by who listens. */
  readonly connections: Connections;
}

/** All routes, and an answer for whatever goes wrong in them. */
export function createApp({ models, settings, log, readiness, metrics }: Parts): App {
  const app = express();
  // A hash of every answer would be of no use: answers to POST are not cached, files bring their own.
  app.enable('case sensitive routing');
  app.disable('etag').disable('x-powered-by');
  app.set('query parser', false);
  app.set('trust proxy', settings.trustProxy);
  const guards = [
    ...(settings.apiKeys.length > 0 ? [askForKey(settings.apiKeys)] : []),
    ...(settings.rateLimit > 0 ? [limitRate(settings.rateLimit)] : []),
  ];
  // Whoever may be refused before a route is found has names already.
  if (guards.length > 0) app.use(['/v2', '/api'], showNames, ...guards);
  const connections: Connections = new Map();
  const infer = inference(models, settings, metrics, connections);
  app
    .route(INFER_PATHS)
    .post((request, response) => {
      const target = request.params as unknown as Target;
      inferAgain(request, target);
      return infer(request, response, bodyOf(request), target, named(request, response));
    })
    .all(only('POST'));
  app.use(showNames, (request, response, next) => {
    const started = performance.now();
    const route = routeOf(request.url);
    response.once('close', () => metrics.request(route, response.statusCode, (performance.now() - started) / 1000));
    next();
  });
  app.use(secureHeaders());
  app.use('/v2', openInference(models, settings, readiness, manifest.version));
  app.use(docs(models, manifest.version));
  app.use('/api', recognition(models, settings, metrics));
  app.use('/model', modelFiles(models));
  app.use(webApp(settings.webDir));
  app.use(noSuchRoute);
  app.use(answerError(log));

  const listener: RequestListener = (request, response) => {
    // Express takes as long for a request as all else here together. What guards the API is Express's, though.
    const target = guards.length > 0 ? null : inferTarget(request);
    if (target === null) {
      app(request, response);
      return;
    }
    inferAgain(request, target);
    void inferAtOnce(request, response, bodyOf(request), target, nameRequest(request, response));
  };
  return Object.assign(listener, { express: app, connections });

  async function inferAtOnce(request: Asking, response: Answering, body: Body, target: Target, trace: Trace) {
    try {
      await infer(request, response, body, target, trace);
    } catch (error) {
      answerFailure(log, error, request, response, trace.requestId);
    }
  }

  /** From the next request on with the same head. Not where each is to be guarded, or to have its line in the log. */
  function inferAgain({ method, url, headers, socket }: IncomingMessage, target: Target): void {
    const connection = connections.get(socket);
    if (connection === undefined || guards.length > 0 || log.isLevelEnabled('debug')) return;
    connection.again = (socket, answer, body) => {
      const request: Asking = { method: method!, url: url!, headers, socket };
      return inferAtOnce(request, answer, body, target, traceOf(request));
    };
  }

  function showNames(request: Request, response: Response, next: () => void): void {
    if (response.locals.trace === undefined) showTrace(response, named(request, response));
    next();
  }

  /** The names of a request that Express handles. */
  function named(request: Request, response: Response): Trace {
    response.locals.trace ??= nameRequest(request, response);
    return response.locals.trace as Trace;
  }

  /** Gives a request its names, and at the level debug a line in the log. */
  function nameRequest(request: IncomingMessage, response: ServerResponse): Trace {
    const trace = traceOf(request);
    if (log.isLevelEnabled('debug')) {
      const { requestId, traceId } = trace;
      const { method, url } = request;
      response.once('close', () => {
        log.debug({ requestId, traceId, method, url, status: response.statusCode }, 'request');
      });
    }
    return trace;
  }
}

function bodyOf(request: IncomingMessage): Body {
  return (limit, lead, shelf) => readBody(request, limit, lead, shelf);
}

/** One of a few names, for metrics; inference counts for itself. */
function routeOf(url: string): string {
  if (url.startsWith('/v2/models/'))
    return url.endsWith('/infer') ? 'infer' : url.endsWith('/explain') ? 'explain' : 'v2';
  if (url.startsWith('/v2')) return 'v2';
  if (url.startsWith('/api/')) return 'api';
  return url.startsWith('/model/') ? 'model' : 'web';
}

/** Helmet's defaults, but WebAssembly may run, and plain http://localhost stays plain: nothing is upgraded to https. */
function secureHeaders() {
  return helmet({
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'", 'blob:'],
        imgSrc: ["'self'", 'data:', 'blob:'],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  });
}
