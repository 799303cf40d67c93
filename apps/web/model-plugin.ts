import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, Problem, parseBundle, verifyFile } from '@mnist-edge/recognizer';
import type { Plugin } from 'vite';

/**
 * Puts a model bundle beside the page, at `model/`: its `bundle.json` and the one ONNX file that the bundle names as
 * its model. `vite build` copies them, `vite` serves them as they are at that moment.
 * @param folder the bundle's folder, e.g. `models/digits`
 * @throws {Problem} at build, when the bundle is missing, malformed, or its model is not the published file
 */
export function modelPlugin(folder: string): Plugin {
  return {
    name: 'mnist-edge:model',
    generateBundle() {
      const { json, bundle, model } = readModel(folder);
      this.emitFile({ type: 'asset', fileName: 'model/bundle.json', source: json });
      this.emitFile({ type: 'asset', fileName: `model/${bundle.model}`, source: model });
    },
    configureServer(server) {
      server.middlewares.use('/model', (request, response, next) => {
        const path = (request.url ?? '').replace(/\?.*/, '');
        try {
          const { json, bundle, model } = readModel(folder);
          if (path === '/bundle.json') response.setHeader('content-type', 'application/json').end(json);
          else if (path === `/${bundle.model}`)
            response.setHeader('content-type', 'application/octet-stream').end(model);
          else response.writeHead(404).end();
        } catch (error) {
          next(error);
        }
      });
    },
  };
}

function readModel(folder: string): { json: Uint8Array; bundle: Bundle; model: Uint8Array } {
  const at = join(folder, 'bundle.json');
  const json = read(at);
  const bundle = parseBundle(parseJson(json, at), at);
  const model = read(join(folder, bundle.model));
  verifyFile(bundle, bundle.model, model);
  return { json, bundle, model };
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
