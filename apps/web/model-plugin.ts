import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, Problem, parseBundle, verifyFile } from '@mnist-edge/recognizer';
import type { Plugin } from 'vite';

/**
 * Puts a model bundle beside the page, at `model/`: its `bundle.json` and the ONNX files that the bundle names as its
 * models, in float32 and in 8-bit integers. `vite build` copies them, `vite` serves them as they are at that moment.
 * @param folder the bundle's folder, e.g. `models/digits`
 * @throws {Problem} at build, when the bundle is missing, malformed, or its model is not the published file
 */
export function modelPlugin(folder: string): Plugin {
  return {
    name: 'mnist-edge:model',
    generateBundle() {
      const { json, models } = readModels(folder);
      this.emitFile({ type: 'asset', fileName: 'model/bundle.json', source: json });
      for (const [name, source] of models) this.emitFile({ type: 'asset', fileName: `model/${name}`, source });
    },
    configureServer(server) {
      server.middlewares.use('/model', (request, response, next) => {
        const path = (request.url ?? '').replace(/\?.*/, '');
        try {
          const { json, models } = readModels(folder);
          const model = models.get(path.slice(1));
          if (path === '/bundle.json') response.setHeader('content-type', 'application/json').end(json);
          else if (model !== undefined) response.setHeader('content-type', 'application/octet-stream').end(model);
          else response.writeHead(404).end();
        } catch (error) {
          next(error);
        }
      });
    },
  };
}

/** @throws {Problem} when the bundle is missing, malformed, or a model is not the published file */
export function readModels(folder: string): {
  json: Uint8Array;
  bundle: Bundle;
  models: ReadonlyMap<string, Uint8Array>;
} {
  const at = join(folder, 'bundle.json');
  const json = read(at);
  const bundle = parseBundle(parseJson(json, at), at);
  const names = bundle.int8 === undefined ? [bundle.model] : [bundle.model, bundle.int8.model];
  const models = new Map(names.map((name) => [name, read(join(folder, name))]));
  for (const [name, model] of models) verifyFile(bundle, name, model);
  return { json, bundle, models };
}

function parseJson(json: Buffer, at: string): unknown {
  try {
    return JSON.parse(json.toString());
  } catch (error) {
    throw new Problem(`${at} is not JSON. Restore it with git, or export the model again: npx nx run exporter:export`, {
      cause: error,
    });
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Problem(
      `${path} cannot be read. The page needs a model bundle there: restore it with git, make one with ` +
        'npx nx run exporter:export, or point MODEL_DIR at another.',
      { cause: error },
    );
  }
}
