import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { readModels } from '../model-plugin.ts';
import { calls } from './calls.ts';
import { trimmed } from './wasm-binary.ts';

// Only wires. Makes the `.wasm` files that the worker runs; see `src/worker/open-model.ts`.
const whole = await readFile(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
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
