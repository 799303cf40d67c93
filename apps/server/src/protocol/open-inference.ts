import { type Request, type RequestHandler, Router } from 'express';
import { type Body, readBody } from '../http/body.ts';
import { type Encoding, encodingFor, pack } from '../http/compress.ts';
import type { Connections } from '../http/connections.ts';
import { only, sendRefusal } from '../http/errors.ts';
import { checkJsonType, parseJson } from '../http/json.ts';
import type { Answering, Asking } from '../http/known-answer.ts';
import type { Readiness } from '../http/readiness.ts';
import { busy, Refusal } from '../http/refusal.ts';
import { createShelf } from '../http/shelf.ts';
import { showTrace, type Trace } from '../http/trace.ts';
import { openWaitingRoom } from '../http/waiting-room.ts';
import type { Model } from '../models/model.ts';
import type { Models } from '../models/models.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Settings } from '../settings.ts';
import { explain } from './explain.ts';
import type { InferAnswer } from './infer-answer.ts';
import { createInferReader, mostValues, promisedJsonBytes } from './infer-body.ts';
import { modelMetadata, serverMetadata } from './metadata.ts';

type Limits = Pick<Settings, 'maxJsonBytes' | 'maxBatch' | 'maxQueue' | 'deadlineMs'>;

const ofModel = (path = '') => [`/models/:name${path}`, `/models/:name/versions/:version${path}`];

/** Where inference is asked for. */
export const INFER_PATHS = ofModel('/infer').map((path) => `/v2${path}`);
/** The same, plainly written: nothing is encoded, and no query follows. */
const PLAIN_INFER_URL = /^\/v2\/models\/([\w.-]+)(?:\/versions\/([\w.-]+))?\/infer$/;

/**
 * Images that wait in memory before connections do. So many are read and run in one turn of the event loop under overload:
 * with 32 a refusal waited up to 10 ms for the turn to end, with 8 the turns themselves cost more.
 */
const ENOUGH = 16;
/** Of the images that may wait, the share from which on idle connections are no longer read either: clients come in crowds. */
const CROWD = 1 / 8;
/** Under overload, of so many connections that were answered one is not sent to the end of the line. */
const TOLD_SOON = 64;

/** A model, of a version or of the highest. */
export interface Target {
  readonly name: string;
  readonly version?: string | undefined;
}

/** @returns the model that is asked, or null where only a router can tell */
export function inferTarget({ method, url }: Asking): Target | null {
  const [, name, version] = (method === 'POST' && PLAIN_INFER_URL.exec(url!)) || [];
  return name === undefined ? null : { name, version };
}

/**
 * Inference by the Open Inference Protocol v2, for POST, before anything else: this is the path that must be fast.
 * It knows the extensions binary tensor data and classification; compression both ways is HTTP's own.
 * @param connections all those of the server
 * @returns a handler, which fails with what is no Refusal
 */
export function inference(models: Models, limits: Limits, metrics: Metrics, connections: Connections) {
  const shelf = createShelf();
  const read = createInferReader(limits.maxBatch, shelf);
  const enough = Math.min(ENOUGH, limits.maxQueue);
  const waitingRoom = openWaitingRoom(
    connections,
    () => enough - Math.max(0, ...models.list().map(({ waiting }) => waiting)),
  );
  /** Whether all that waits, read or not, is as much as may. */
  const isFull = ({ waiting }: Model) => waiting + waitingRoom.answered >= limits.maxQueue;
  let answered = 0;

  return async (request: Asking, response: Answering, body: Body, target: Target, trace: Trace): Promise<void> => {
    const arrived = performance.now();
    let status = 200;
    try {
      await infer(request, response, body, target, trace, arrived);
    } catch (error) {
      status = error instanceof Refusal ? error.status : 500;
      if (!response.headersSent) showTrace(response, trace);
      // Under overload most answers are refusals: they must cost little.
      if (!(error instanceof Refusal) || response.headersSent) throw error;
      if (status === 503) waitingRoom.take(request);
      sendRefusal(response, error);
    } finally {
      metrics.request('infer', status, (performance.now() - arrived) / 1000);
    }
  };

  async function infer(
    request: Asking,
    response: Answering,
    body: Body,
    { name, version }: Target,
    trace: Trace,
    arrived: number,
  ): Promise<void> {
    // Refused before the body is read: a wrong name, and whoever would find no room. Once it is, the model may be
    // another one.
    const before = models.find(name, version);
    before.admit();
    const mayCome = waitingRoom.isCalled(request) || !isFull(before);
    if (!mayCome || before.waiting >= CROWD * limits.maxQueue) waitingRoom.takeIdle();
    if (!mayCome) {
      throw busy(`${before.waiting} images and ${waitingRoom.answered} connections wait already.`);
    }
    const jsonBytes = promisedJsonBytes(request);
    const bytes = await body(limits.maxJsonBytes, jsonBytes ?? 0, jsonBytes === null ? null : shelf);
    const model = models.find(name, version);
    await model.use(async () => {
      const { plan, images, names, form } = read({ bytes, jsonBytes }, model.bundle);
      const deadline = arrived + Math.min(plan.timeoutMs ?? Number.POSITIVE_INFINITY, limits.deadlineMs);
      const batch = await model.infer(images, names, deadline);
      shelf.giveBack(bytes.buffer);
      if (images.buffer !== bytes.buffer) shelf.giveBack(images.buffer);
      const crowded = waitingRoom.size > 0 || model.waiting >= enough;
      // When it is full most go to the end of the line. The others go on, and learn soon that there is no room.
      if (crowded && (!isFull(model) || ++answered % TOLD_SOON !== 0)) waitingRoom.take(request);
      await send(request, response, form(batch.results), trace);
      // Counting costs more than half of what the rest of this does; the answer does not wait for it.
      metrics.inference(model, plan.batch, batch);
    });
  }
}

/** The rest of the protocol, to be mounted at `/v2`: health, metadata, explanations. */
export function openInference(models: Models, limits: Limits, readiness: Readiness, serverVersion: string): Router {
  const router = Router({ caseSensitive: true });
  const get = (paths: string[], handler: RequestHandler) => router.route(paths).get(handler).all(only('GET', 'HEAD'));
  const found = (request: Request) => models.find(request.params.name as string, request.params.version as string);

  get(['/'], (_request, response) => {
    response.json(serverMetadata(serverVersion));
  });
  get(['/health/live'], (_request, response) => {
    response.json({ live: true });
  });
  get(['/health/ready'], (_request, response) => {
    response.status(readiness.ready ? 200 : 503).json({ ready: readiness.ready });
  });
  get(ofModel(), (request, response) => {
    const asked = found(request);
    const versions = models.list().filter((model) => model.bundle.name === asked.bundle.name);
    response.json(
      modelMetadata(
        asked,
        versions.map((model) => model.bundle.version),
      ),
    );
  });
  get(ofModel('/ready'), (request, response) => {
    const { bundle } = found(request);
    response.status(readiness.ready ? 200 : 503).json({ name: bundle.name, ready: readiness.ready });
  });
  router
    .route(ofModel('/explain'))
    .post(async (request, response) => {
      found(request);
      checkJsonType(request, 'a request for an explanation');
      const json = parseJson(await readBody(request, limits.maxJsonBytes), mostValues(1));
      const model = found(request);
      response.json(await model.use(() => explain(json, model)));
    })
    .all(only('POST'));
  return router;
}

/** Straight to Node's response, with all headers at once: any other way costs as much as the model does. */
function send(
  request: Asking,
  response: Answering,
  { body, jsonBytes }: InferAnswer,
  { requestId, traceparent }: Trace,
): void | Promise<void> {
  const accepted = request.headers['accept-encoding'];
  const type = jsonBytes === null ? 'application/json' : 'application/octet-stream';
  const headers = ['Content-Type', type, 'X-Request-Id', requestId];
  if (traceparent !== undefined) headers.push('traceparent', traceparent);
  if (jsonBytes !== null) headers.push('Inference-Header-Content-Length', String(jsonBytes));
  if (accepted !== undefined) headers.push('Vary', 'Accept-Encoding');
  const encoding = encodingFor(body.length, accepted);
  // Nothing is awaited where nothing is packed: the answer goes out in the turn that it was made in.
  if (encoding !== null) return sendPacked(response, body, encoding, headers);
  headers.push('Content-Length', String(body.length));
  response.writeHead(200, headers).end(body, 'latin1');
}

async function sendPacked(
  response: Answering,
  body: Buffer | string,
  encoding: Encoding,
  headers: readonly string[],
): Promise<void> {
  const bytes = await pack(typeof body === 'string' ? Buffer.from(body, 'latin1') : body, encoding);
  const length = String(bytes.length);
  response.writeHead(200, [...headers, 'Content-Encoding', encoding, 'Content-Length', length]).end(bytes, 'latin1');
}
