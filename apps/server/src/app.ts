import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { answerError, noSuchRoute } from './http/errors.ts';
import type { Readiness } from './http/readiness.ts';
import { webApp } from './http/web-app.ts';
import { modelFiles } from './models/model-files.ts';
import type { Models } from './models/models.ts';
import { inference, openInference } from './protocol/open-inference.ts';
import { recognition } from './recognize/recognition.ts';
import type { Settings } from './settings.ts';

/** What the routes need; the settings are checked. */
export interface Parts {
  readonly models: Models;
  readonly settings: Settings;
  readonly log: Logger;
  readonly readiness: Readiness;
}

/** All routes, and an answer for whatever goes wrong in them. */
export function createApp({ models, settings, log, readiness }: Parts): Express {
  const app = express();
  // A hash of every answer would be of no use: answers to POST are not cached, files bring their own.
  app.enable('case sensitive routing');
  app.disable('etag');
  app.set('query parser', false);
  app.use((request, response, next) => {
    response.once('close', () => {
      log.debug({ method: request.method, url: request.originalUrl, status: response.statusCode }, 'request');
    });
    next();
  });
  app.use('/v2', inference(models, settings));
  app.use(secureHeaders());
  app.use('/v2', openInference(models, settings, readiness, manifest.version));
  app.use('/api', recognition(models, settings));
  app.use('/model', modelFiles(models));
  app.use(webApp(settings.webDir));
  app.use(noSuchRoute);
  app.use(answerError(log));
  return app;
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
