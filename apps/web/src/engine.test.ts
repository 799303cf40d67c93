import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { PIXELS, parseBundle } from '@mnist-edge/recognizer';
import { beforeAll, describe, expect, test } from 'vitest';
import { type EngineSession, startEngine, Tensor } from './engine.ts';
import { lengthOf } from './engine-image.ts';

const released = resolve(import.meta.dirname, '../../../models/digits');
let module: WebAssembly.Module;
let model: Uint8Array;

const pictures = Float32Array.from({ length: 2 * PIXELS }, (_, i) => ((i * 37) % 256) / 255);

async function answers(session: EngineSession, batch: number): Promise<readonly number[]> {
  const image = new Tensor('float32', pictures.slice(0, batch * PIXELS), [batch, 28, 28, 1]);
  const results = await session.run({ image }, ['logits', 'probabilities']);
  expect(results.probabilities!.dims).toEqual([batch, 10]);
  return [...(results.logits!.data as Float32Array)];
}

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
  module = await WebAssembly.compile(new Uint8Array(await readFile(wasm)));
  const bundle = parseBundle(JSON.parse(await readFile(resolve(released, 'bundle.json'), 'utf8')));
  model = new Uint8Array(await readFile(resolve(released, bundle.model)));
});

describe('an engine', () => {
  test('goes on from the image of another, which stays as it is', async () => {
    const first = (await startEngine(module)).open(model);
    const image = first.image()!;
    const expected = await answers(first, 2);
    const second = (await startEngine(module)).resume(image);
    expect(await answers(second, 2)).toEqual(expected);
    expect(await answers(second, 1)).toEqual(expected.slice(0, 10));
    expect(await answers(first, 2)).toEqual(expected);
    // Of a fresh engine's 16 MiB; each page is of use.
    expect(image.memory.length).toBeLessThan(8 * 2 ** 20);
    expect(image.memory.length).toBe(lengthOf(image.pieces));
    for (let from = 0; from < image.memory.length; from += 4096) {
      expect(image.memory.subarray(from, from + 4096).some((byte) => byte !== 0)).toBe(true);
    }
  });

  test('does not hold on to the memory of a run', async () => {
    const session = (await startEngine(module)).open(model);
    await answers(session, 1);
    const before = session.image()!.memory.length;
    for (let i = 0; i < 200; i++) await answers(session, 1);
    expect(session.image()!.memory.length).toBe(before);
  });

  test('forgets all that it was before it goes on', async () => {
    const image = (await startEngine(module)).open(model).image()!;
    const again = (await startEngine(module)).resume(image).image()!;
    expect(again.pieces).toEqual(image.pieces);
    expect(Buffer.compare(again.memory, image.memory)).toBe(0);
  });

  test('refuses an image that is larger than it', async () => {
    const engine = await startEngine(module);
    const pieces = [[16 * 2 ** 20, 16 * 2 ** 20 + 4096]] as const;
    const image = { memory: new Uint8Array(4096), pieces, constants: null, session: 1 };
    expect(() => engine.resume(image)).toThrow(RangeError);
  });

  test('says what onnxruntime says of a wrong name, a wrong shape and of what is no model', async () => {
    const engine = await startEngine(module);
    const session = engine.open(model);
    const image = new Tensor('float32', pictures.slice(0, PIXELS), [1, 28, 28, 1]);
    await expect(session.run({ picture: image }, ['logits'])).rejects.toThrow('picture');
    await expect(session.run({ image }, ['nothing'])).rejects.toThrow('nothing');
    const flat = new Tensor('float32', pictures.slice(0, PIXELS), [1, PIXELS]);
    await expect(session.run({ image: flat }, ['logits'])).rejects.toThrow('rank');
    // It can be used all the same.
    expect((await session.run({ image }, ['logits'])).logits!.dims).toEqual([1, 10]);
    expect(() => engine.open(Uint8Array.of(1, 2, 3))).toThrow(/protobuf|parse/i);
  });
});
