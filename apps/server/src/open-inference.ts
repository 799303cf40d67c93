import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { only } from './errors.ts';
import { readInferRequest } from './infer-request.ts';
import type { Model } from './model.ts';
import type { Readiness } from './readiness.ts';
import { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

/**
 * The Open Inference Protocol v2 over HTTP and JSON, to be mounted at `/v2`: health, metadata, inference.
 * Paths, fields and statuses are those of https://github.com/kserve/open-inference-protocol (inference_rest.md);
 * it knows no extension.
 */
export function openInference(
  model: Model,
  settings: Pick<Settings, 'maxJsonBytes' | 'maxBatch'>,
  readiness: Readiness,
  serverVersion: string,
): Router {
  const { bundle } = model;
  const router = Router({ caseSensitive: true });
  const get = (paths: string[], handler: RequestHandler) => router.route(paths).get(handler).all(only('GET', 'HEAD'));
  const ofModel = (path = '') => [`/models/:name${path}`, `/models/:name/versions/:version${path}`];

  get(['/'], (_request, response) => {
    response.json({ name: 'mnist-edge', version: serverVersion, extensions: [] });
  });
  get(['/health/live'], (_request, response) => {
    response.json({ live: true });
  });
  get(['/health/ready'], (_request, response) => {
    response.status(readiness.ready ? 200 : 503).json({ ready: readiness.ready });
  });

  get(ofModel(), (request, response) => {
    checkModel(request);
    const output = (name: string) => ({ name, datatype: 'FP32', shape: [-1, bundle.labels.length] });
    response.json({
      name: bundle.name,
      versions: [bundle.version],
      platform: 'onnx_onnxv1',
      inputs: [{ name: bundle.input.name, datatype: 'FP32', shape: [-1, ...bundle.input.shape.slice(1)] }],
      outputs: [output(bundle.outputs.logits), output(bundle.outputs.probabilities)],
    });
  });
  get(ofModel('/ready'), (request, response) => {
    checkModel(request);
    response.status(readiness.ready ? 200 : 503).json({ name: bundle.name, ready: readiness.ready });
  });

  router
    .route(ofModel('/infer'))
    .post(
      (request, _response, next) => {
        checkModel(request);
        checkEncoding(request);
        next();
      },
      express.json({ limit: settings.maxJsonBytes, strict: false, type: () => true }),
      infer,
    )
    .all(only('POST'));

  return router;

  function checkModel(request: Request): void {
    const { name, version } = request.params;
    if (name !== bundle.name) {
      throw new Refusal(404, `There is no model ${JSON.stringify(name)}; this server has "${bundle.name}".`);
    }
    if (version !== undefined && version !== bundle.version) {
      throw new Refusal(
        404,
        `There is no version ${JSON.stringify(version)} of ${bundle.name}; this server has "${bundle.version}".`,
      );
    }
  }

  async function infer(request: Request, response: Response): Promise<void> {
    const { id, images, batch, outputs } = readInferRequest(request.body, bundle, settings.maxBatch);
    const results = await model.infer(images, outputs);
    response.json({
      model_name: bundle.name,
      model_version: bundle.version,
      ...(id === undefined ? {} : { id }),
      outputs: outputs.map((name, index) => ({
        name,
        datatype: 'FP32',
        shape: [batch, bundle.labels.length],
        // A float32 is also a double, and JSON prints a double with all the digits that tell it apart: exact.
        data: Array.from(results[index]!),
      })),
    });
  }
}

/** Clients of the protocol often send no content type at all; another one than JSON's is a mistake. */
function checkEncoding(request: Request): void {
  if (request.get('Inference-Header-Content-Length') !== undefined) {
    throw new Refusal(400, 'This server does not take binary tensor data; send the data as JSON (binary_data=False).');
  }
  const type = request.get('Content-Type');
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(415, `The content type is ${JSON.stringify(type)}; an inference request is application/json.`);
  }
}
