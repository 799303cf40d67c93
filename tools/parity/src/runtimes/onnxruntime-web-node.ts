import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { toTensor } from '@mnist-edge/recognizer';
import { openRecognizer } from '@mnist-edge/web/runtime';
import { inBatches } from '../batches.ts';
import type { Runtime } from '../runtime.ts';

/** The web app's own runtime (onnxruntime-web, WebAssembly) in Node. */
export const onnxruntimeWebNode: Runtime = {
  name: 'onnxruntime-web (WASM) in Node',
  async open({ folder, bundle }) {
    const wasm = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
    const model = new Uint8Array(await readFile(join(folder, bundle.model)));
    const recognizer = await openRecognizer(bundle, model, { wasm: new Uint8Array(await readFile(wasm)) });
    return {
      run: (images) => inBatches(images, (batch) => recognizer.logits(toTensor(batch))),
      close: async () => undefined,
    };
  },
};
