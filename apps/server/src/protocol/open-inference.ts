import type { IncomingMessage } from 'node:http';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { readBody } from '../http/body.ts';
import { compress } from '../http/compress.ts';
import { only, sendRefusal } from '../http/errors.ts';
import { checkJsonType, parseJson } from '../http/json.ts';
import type { Readiness } from '../http/readiness.ts';
import { Refusal } from '../http/refusal.ts';
import type { Models } from '../models/models.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Settings } from '../settings.ts';
import { explain } from './explain.ts';
import { type InferAnswer, inferAnswer } from './infer-answer.ts';
import { mostValues, readInferBody, receiveInferBody } from './infer-body.ts';
import { modelMetadata, serverMetadata } from './metadata.ts';

type Limits = Pick<Settings, 'maxJsonBytes' | 'maxBatch' | 'deadlineMs'>;

/** Answers up to so many bytes go out in one write. */
const ONE_PIECE = 4096;

const ofModel = (path = '') => [`/models/:name${path}`, `/models/:name/versions/:version${path}`];

/** Where inference is asked for. */
export const INFER_PATHS = ofModel('/infer').map((path) => `/v2${path}`);

/**
 * Inference by the Open Inference Protocol v2, for POST at `INFER_PATHS`, before anything else: this is the path that
 * must be fast.
 * It knows the extensions binary tensor data and classification; compression both ways is HTTP's own.
 */
export function inference(models: Models, limits: Limits, metrics: Metrics) {
  return async (request: Request, response: Response): Promise<void> => {
    const arrived = performance.now();
    let status = 200;
    try {
      await infer(request, response, arrived);
    } catch (error) {
      status = error instanceof Refusal ? error.status : 500;
      // Under overload most answers are refusals: they must cost little.
      if (!(error instanceof Refusal) || response.headersSent) throw error;
      sendRefusal(response, error);
    } finally {
      metrics.request('infer', status, (performance.now() - arrived) / 1000);
    }
  };

  async function infer(request: Request, response: Response, arrived: number): Promise<void> {
    const { name, version } = request.params as { name: string; version?: string };
    // Refused before the body is read: a wrong name, and whoever would find no room. Once it is, the model may be
    // another one.
    models.find(name, version).admit();
    const body = await receiveInferBody(request, limits.maxJsonBytes);
    const model = models.find(name, version);
    await model.use(async () => {
      const asked = readInferBody(body, model.bundle, limits.maxBatch);
      const outputs = asked.outputs.map((output) => output.name);
      const deadline = arrived + Math.min(asked.timeoutMs ?? Number.POSITIVE_INFINITY, limits.deadlineMs);
      const batch = await model.infer(asked.images, outputs, deadline);
      await send(request, response, inferAnswer(asked, batch.results, model.bundle));
      // Counting costs more than half of what the rest of this does; the answer does not wait for it.
      metrics.inference(model, asked.batch, batch);
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
    const { bundle } = found(request);
    const versions = models.list().filter((model) => model.bundle.name === bundle.name);
    response.json(
      modelMetadata(
        bundle,
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

/** Straight to Node's response: Express's own way costs as much as the model does. */
async function send(request: IncomingMessage, response: Response, { body, jsonBytes }: InferAnswer): Promise<void> {
  const accepted = request.headers['accept-encoding'];
  // Nothing is awaited where nothing is packed: the answer goes out in the turn that it was made in.
  const { bytes, encoding } = accepted === undefined ? { bytes: body, encoding: null } : await compress(body, accepted);
  response.setHeader('Content-Type', jsonBytes === null ? 'application/json' : 'application/octet-stream');
  response.setHeader('Content-Length', bytes.length);
  if (jsonBytes !== null) response.setHeader('Inference-Header-Content-Length', jsonBytes);
  if (encoding !== null) response.setHeader('Content-Encoding', encoding);
  if (accepted !== undefined) response.setHeader('Vary', 'Accept-Encoding');
  // Node sends a short text with the headers in one piece, and bytes in a second one.
  if (bytes.length <= ONE_PIECE) response.end(bytes.toString('latin1'), 'latin1');
  else response.end(bytes);
}
