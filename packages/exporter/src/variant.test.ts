import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { createRandom, drawDigits } from '@mnist-edge/data';
import { toTensor } from '@mnist-edge/recognizer';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exporterCommand } from './command-line.ts';
import { type InputType, makeVariant } from './variant.ts';

const released = join(workspaceRoot, 'models/digits/model.onnx');
const COUNT = 100;
let folder: string;
let images: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-variant-'));
  images = new Uint8Array(drawDigits(COUNT, createRandom(1)).images);
  // Every grey level there is.
  images.set(Uint8Array.from({ length: 256 }, (_, grey) => grey));
});

afterAll(() => rm(folder, { recursive: true }));

async function logits(path: string, input: InputType): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(path);
  try {
    const tensor =
      input === 'uint8'
        ? new ort.Tensor('uint8', images, [COUNT, 28, 28, 1])
        : new ort.Tensor('float32', toTensor(images), [COUNT, 28, 28, 1]);
    return (await session.run({ image: tensor }, ['logits'])).logits!.data as Float32Array;
  } finally {
    await session.release();
  }
}

const largestDifference = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

test('a model that takes bytes gives the very logits', async () => {
  const target = join(folder, 'bytes.onnx');
  await makeVariant(released, target, { halfWeights: false, byteInput: true });
  expect(await logits(target, 'uint8')).toEqual(await logits(released, 'float32'));
});

test('a model with weights of 16 bits is half the file and gives nearly the same logits', async () => {
  const target = join(folder, 'half.onnx');
  await makeVariant(released, target, { halfWeights: true, byteInput: false });
  const [whole, half] = [await stat(released), await stat(target)];
  expect(half.size).toBeLessThan(0.53 * whole.size);
  const difference = largestDifference(await logits(target, 'float32'), await logits(released, 'float32'));
  expect(difference).toBeGreaterThan(0);
  expect(difference).toBeLessThan(0.005);
});

test('what cannot be made is refused', async () => {
  const [bytes, target] = [join(folder, 'taken.onnx'), join(folder, 'none.onnx')];
  await makeVariant(released, bytes, { halfWeights: true, byteInput: true });
  await expect(makeVariant(bytes, target, { halfWeights: false, byteInput: true })).rejects.toThrow(
    /must have one input, of float32/,
  );
  await expect(makeVariant(bytes, target, { halfWeights: true, byteInput: false })).rejects.toThrow(
    /no float32 weights/,
  );
});

/** What `exporter:quantize` says. */
async function quantize(...options: string[]): Promise<string> {
  const said: string[] = [];
  await exporterCommand({ print: (line) => said.push(line) }).parseAsync(['quantize', ...options], { from: 'user' });
  return said.join('\n');
}

test('exporter:quantize writes the form that it is asked for, and says how large it is', async () => {
  const to = join(folder, 'both.onnx');
  expect(await quantize('--precision', 'fp16', '--input', 'uint8', '--to', to)).toMatch(
    /Wrote .*both\.onnx: 11\d,\d{3} bytes/,
  );
  expect(largestDifference(await logits(to, 'uint8'), await logits(released, 'float32'))).toBeLessThan(0.005);
  const small = join(folder, 'small.onnx');
  await quantize('--to', small);
  const own = join(workspaceRoot, 'models/digits/model.int8.onnx');
  expect(await logits(small, 'float32')).toEqual(await logits(own, 'float32'));
});

test('exporter:quantize says what to take instead of an 8-bit model that there is not', async () => {
  const copy = join(folder, 'bundle');
  await cp(join(workspaceRoot, 'models/digits'), copy, { recursive: true });
  const bundle = JSON.parse(await readFile(join(copy, 'bundle.json'), 'utf8'));
  delete bundle.int8;
  await writeFile(join(copy, 'bundle.json'), JSON.stringify(bundle));
  await expect(quantize('--bundle', copy)).rejects.toThrow(/has no 8-bit model: .*--precision fp16/s);
});
