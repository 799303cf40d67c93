import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { PIXELS } from '@mnist-edge/recognizer';
import { beforeAll, expect, test } from 'vitest';
import { readModels } from '../model-plugin.ts';
import { startEngine, Tensor } from '../src/engine.ts';
import { asOpened } from '../src/worker/as-opened.ts';
import { type Calls, calls } from './calls.ts';
import { trimmed } from './wasm-binary.ts';

const { bundle, models } = readModels(resolve(import.meta.dirname, '../../../models/digits'));
const model = models.get(bundle.model)!;
let whole: Uint8Array;
let found: Calls;

/** The answer to a picture that no trimming has seen, on the functions wanted; null: on all. */
async function answer(functions: ReadonlySet<number> | null, from: 'file' | 'image'): Promise<unknown> {
  const all = await WebAssembly.compile(new Uint8Array(whole));
  const some = functions === null ? all : await WebAssembly.compile(trimmed(whole, functions));
  const opened = asOpened(model, bundle);
  const session =
    from === 'file'
      ? (await startEngine(some)).open(opened.model)
      : (await startEngine(some)).resume((await startEngine(all)).open(opened.model).image()!);
  const picture = Float32Array.from({ length: 3 * PIXELS }, (_, i) => Math.abs(Math.sin(i)));
  return session.run({ image: new Tensor('float32', picture, [3, 28, 28, 1]) }, [...opened.layers, 'logits']);
}

beforeAll(async () => {
  whole = await readFile(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  found = await calls(whole, bundle, [model]);
});

test('the functions that were called are enough, and give the same numbers as all', async () => {
  const expected = await answer(null, 'file');
  expect(await answer(found.opening, 'file')).toEqual(expected);
  expect(await answer(found.resuming, 'image')).toEqual(expected);
});

test('fewer are called to go on than to open, and to open fewer than there are', () => {
  expect(found.resuming.size).toBeGreaterThan(100);
  expect(found.resuming.size).toBeLessThan(found.opening.size / 5);
  expect(found.opening.size).toBeLessThan(5_000);
});

test('a function that was left out ends with an error of WebAssembly', async () => {
  await expect(answer(found.resuming, 'file')).rejects.toThrow(WebAssembly.RuntimeError);
});
