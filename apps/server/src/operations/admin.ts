import express, { type Express, type Request } from 'express';
import type { Logger } from 'pino';
import { readBody } from '../http/body.ts';
import { answerError, noSuchRoute, only } from '../http/errors.ts';
import { hasKey } from '../http/keys.ts';
import { type Listening, listen } from '../http/listen.ts';
import { Refusal } from '../http/refusal.ts';
import type { IndexEntry } from '../models/repository.ts';
import type { Settings } from '../settings.ts';

/** What an operator may ask of a server, of one process or of several. */
export interface Control {
  index(): Promise<readonly IndexEntry[]>;
  /** @throws {Refusal} 400 */
  load(name: string): Promise<void>;
  /** @throws {Refusal} 400 */
  unload(name: string): Promise<void>;
  /** In Prometheus's text format. */
  metrics(): Promise<string>;
}

/**
 * The admin port: metrics, and the protocol's repository extension, which asks for the key
 * (`Authorization: Bearer <key>`).
 */
function createAdminApp(control: Control, key: string, log: Logger): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').set('query parser', false);
  app
    .route('/metrics')
    .get(async (_request, response) => {
      response.type('text/plain; version=0.0.4').send(await control.metrics());
    })
    .all(only('GET', 'HEAD'));
  app
    .route('/v2/health/live')
    .get((_request, response) => {
      response.json({ live: true });
    })
    .all(only('GET', 'HEAD'));
  app.use('/v2/repository', (request, _response, next) => {
    checkKey(request, key);
    next();
  });
  app
    .route('/v2/repository/index')
    .post(async (request, response) => {
      const readyOnly = await asksForReady(request);
      const entries = await control.index();
      response.json(readyOnly ? entries.filter(({ state }) => state === 'READY') : entries);
    })
    .all(only('POST'));
  app
    .route('/v2/repository/models/:name/load')
    .post(async (request, response) => {
      await control.load(request.params.name);
      response.json({});
    })
    .all(only('POST'));
  app
    .route('/v2/repository/models/:name/unload')
    .post(async (request, response) => {
      await control.unload(request.params.name);
      response.json({});
    })
    .all(only('POST'));
  app.use(noSuchRoute);
  app.use(answerError(log));
  return app;
}

/** Listens on the admin port where the settings name one. */
export async function startAdmin(control: Control, settings: Settings, log: Logger): Promise<Listening | null> {
  const { adminPort } = settings;
  if (adminPort === null) return null;
  const app = createAdminApp(control, settings.adminKey, log);
  return listen(app, { ...settings, port: adminPort, tls: null }, { ready: true });
}

/** Of an index request: `{"ready": true}` wants only what is ready; nothing at all wants everything. */
async function asksForReady(request: Request): Promise<boolean> {
  const text = (await readBody(request, 4096)).toString('utf8').trim();
  let ready: unknown;
  try {
    ready = text === '' ? undefined : (JSON.parse(text) as { ready?: unknown } | null)?.ready;
  } catch (error) {
    throw new Refusal(400, `The body is not valid JSON: ${(error as Error).message}`);
  }
  if (ready !== undefined && typeof ready !== 'boolean') throw new Refusal(400, 'ready must be true or false.');
  return ready === true;
}

function checkKey(request: Request, key: string): void {
  if (key === '') {
    throw new Refusal(403, 'The model repository is closed: start the server with a key, ADMIN_KEY=<key>.');
  }
  if (!hasKey(request.headers.authorization, [key])) {
    throw new Refusal(401, 'The model repository needs the admin key: Authorization: Bearer <key>.', {
      'WWW-Authenticate': 'Bearer',
    });
  }
}
