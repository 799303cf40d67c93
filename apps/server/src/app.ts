import type { IncomingMessage } from 'node:http';
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { docs } from './docs/docs.ts';
import { answerError, noSuchRoute, only } from './http/errors.ts';
import { askForKey, limitRate } from './http/guards.ts';
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

/** All routes, and an answer for whatever goes wrong in them. */
export function createApp({ models, settings, log, readiness, metrics }: Parts): Express {
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
  if (guards.length > 0) app.use(['/v2', '/api'], nameFirst, ...guards);
  const infer = inference(models, settings, metrics, nameRequest);
  // Ahead of every route: going through those takes as long as all else that a plain request costs here.
  app.use((request, response, next) => {
    const target = inferTarget(request);
    return target === null ? next() : infer(request, response, target);
  });
  app
    .route(INFER_PATHS)
    .post((request, response) => infer(request, response, request.params as unknown as Target))
    .all(only('POST'));
  app.use((request, response, next) => {
    const started = performance.now();
    const route = routeOf(request.url);
    showTrace(response, nameRequest(request, response));
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
  return app;

  /** For whoever may be refused before a route is found; a layer in everybody's way costs. */
  function nameFirst(request: Request, response: Response, next: () => void): void {
    showTrace(response, nameRequest(request, response));
    next();
  }

  /** Gives a request its names, once, and at the level debug a line in the log. */
  function nameRequest(request: IncomingMessage, response: Response): Trace {
    const named = response.locals.trace as Trace | undefined;
    if (named !== undefined) return named;
    const trace = traceOf(request);
    response.locals.trace = trace;
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
