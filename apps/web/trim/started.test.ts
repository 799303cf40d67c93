import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { datasetFolder, readSplit } from '@mnist-edge/data';
import { PIXELS, toTensor } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { readModels } from '../model-plugin.ts';
import { type EngineSession, startEngine, Tensor } from '../src/engine.ts';
import { asOpened } from '../src/worker/as-opened.ts';
import { answerTo } from '../src/worker/kept-engine.ts';
import { started } from './started.ts';

const { bundle, models } = readModels(resolve(import.meta.dirname, '../../../models/digits'));
const wasm = new Uint8Array(
  await readFile(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
);

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength);

test.each([bundle.model, bundle.int8!.model])(
  'an engine started with %s goes on as one that opened it',
  async (file) => {
    const { engine, memory } = await started(wasm, bundle, file, models.get(file)!);
    const module = await WebAssembly.compile(wasm);
    const { model, layers } = asOpened(models.get(file)!, bundle);
    const opened = (await startEngine(module)).open(model);
    const resumed = (await startEngine(module)).resume({ ...engine.image, memory });
    expect(engine.answer).toEqual(await answerTo(engine.probe, opened));
    const answers = async (session: EngineSession, batch: number) => {
      const pictures = Float32Array.from({ length: batch * PIXELS }, (_, i) => Math.abs(Math.sin(i)));
      const results = await session.run({ image: new Tensor('float32', pictures, [batch, 28, 28, 1]) }, [
        ...layers,
        'logits',
      ]);
      return Buffer.concat([...layers, 'logits'].map((name) => bytesOf(results[name]!.data as Float32Array)));
    };
    // Many at once make its memory grow.
    for (const batch of [1, 3, 300, 1]) {
      expect(Buffer.compare(await answers(resumed, batch), await answers(opened, batch))).toBe(0);
    }
    expect(engine.sha256).toBe(bundle.files[file]!.sha256);
    // A megabyte of the module's own constants is not in it.
    expect(engine.image.constants![1] - engine.image.constants![0]).toBeGreaterThan(900_000);
    expect(memory.length).toBeLessThan(5_000_000);
  },
);

test('all 10,000 test digits have the same logits, to the last bit', { timeout: 120_000 }, async () => {
  const { images, count } = await readSplit(datasetFolder('mnist'), 'test');
  const { engine, memory } = await started(wasm, bundle, bundle.model, models.get(bundle.model)!);
  const module = await WebAssembly.compile(wasm);
  const opened = (await startEngine(module)).open(models.get(bundle.model)!);
  const resumed = (await startEngine(module)).resume({ ...engine.image, memory });
  expect(count).toBe(10_000);
  for (let from = 0; from < count; from += 100) {
    const pictures = toTensor(images.subarray(from * PIXELS, (from + 100) * PIXELS));
    const feeds = { image: new Tensor('float32', pictures, [100, 28, 28, 1]) };
    const [here, there] = await Promise.all([resumed, opened].map((session) => session.run(feeds, ['logits'])));
    const [a, b] = [here, there].map((results) => bytesOf(results!.logits!.data as Float32Array));
    expect(Buffer.compare(a!, b!), `of the 100 from ${from} on`).toBe(0);
  }
});

test('its memory tells nobody where it was started', async () => {
  const { memory } = await started(wasm, bundle, bundle.model, models.get(bundle.model)!);
  const text = Buffer.from(memory).toString('latin1');
  // What a browser has there.
  expect(text).toContain('_=./this.program');
  for (const path of [process.cwd(), import.meta.dirname, process.argv[1]!]) expect(text).not.toContain(path);
});

test('its memory must be whole', async () => {
  const { engine, memory } = await started(wasm, bundle, bundle.model, models.get(bundle.model)!);
  const fresh = await startEngine(await WebAssembly.compile(wasm));
  expect(() => fresh.resume({ ...engine.image, memory: memory.subarray(1) })).toThrow(RangeError);
});
