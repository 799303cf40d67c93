import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { readModels } from '../model-plugin.ts';
import { calls } from './calls.ts';
import { started } from './started.ts';
import { carrying, trimmed } from './wasm-binary.ts';

// Only wires. Makes the files that the worker runs; see `src/worker/open-model.ts` and `src/worker/started-engine.ts`.
const require = createRequire(import.meta.url);
const whole = new Uint8Array(await readFile(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')));
const { bundle, models } = readModels(
  resolve(import.meta.dirname, '..', process.env.MODEL_DIR ?? '../../models/digits'),
);
const folder = resolve(import.meta.dirname, 'dist');
await mkdir(folder, { recursive: true });
for (const [name, functions] of Object.entries(await calls(whole, bundle, [...models.values()]))) {
  const file = trimmed(whole, functions);
  await writeFile(resolve(folder, `onnxruntime-${name}.wasm`), file);
  console.log(`onnxruntime-${name}.wasm: ${functions.size} functions, ${file.length} of ${whole.length} bytes`);
}
const { engine, memory } = await started(whole, bundle, bundle.model, models.get(bundle.model)!);
await writeFile(resolve(folder, 'engine.wasm'), carrying('memory', memory));
await writeFile(resolve(folder, 'engine.json'), `${JSON.stringify(engine)}\n`);
console.log(`engine.wasm: ${bundle.model} open, ${memory.length} bytes`);
