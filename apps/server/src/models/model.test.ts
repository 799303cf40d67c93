import { createHash } from 'node:crypto';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PIXELS, Problem, toTensor } from '@mnist-edge/recognizer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawnDigit } from '../testing/drawn-digit.ts';
import { releasedModel } from '../testing/released.ts';
import { loadModel, type Model } from './model.ts';

let model: Model;
let temporary: string;
let copy: string;

beforeAll(async () => {
  model = await loadModel(releasedModel);
  temporary = await mkdtemp(join(tmpdir(), 'mnist-edge-model-'));
});

beforeEach(async () => {
  copy = await mkdtemp(join(temporary, 'copy-'));
  await cp(releasedModel, copy, { recursive: true });
});

afterAll(async () => {
  await model.close();
  await rm(temporary, { recursive: true });
});

test('the released model recognizes all ten drawn digits', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, digit) => model.recognizer.recognize(drawnDigit(digit))),
  );
  expect(answers.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('its files are the bundle, whole', async () => {
  expect([...model.files.keys()]).toEqual(['bundle.json', ...Object.keys(model.bundle.files)]);
  for (const [path, { bytes, sha256 }] of model.files) {
    expect(bytes.equals(await readFile(join(releasedModel, path)))).toBe(true);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
  expect(model.sha256).toBe(model.bundle.files[model.bundle.model]!.sha256);
});

test('the int8 model of a bundle: another file, and nearly the same answers', async () => {
  const small = await loadModel(releasedModel, undefined, 'int8');
  try {
    expect([model.precision, small.precision]).toEqual(['fp32', 'int8']);
    expect(small.sha256).toBe(small.bundle.files[small.bundle.int8!.model]!.sha256);
    const image = toTensor(Uint8Array.from({ length: PIXELS }, (_, i) => (i % 28 > 12 && i % 28 < 16 ? 255 : 0)));
    const [exact, rough] = await Promise.all([model.recognizer.logits(image), small.recognizer.logits(image)]);
    expect([...rough]).not.toEqual([...exact]);
    expect(rough.indexOf(Math.max(...rough))).toBe(exact.indexOf(Math.max(...exact)));
  } finally {
    await small.close();
  }
});

test('a bundle without an int8 model is told from one with it', async () => {
  const bundle = JSON.parse(await readFile(join(copy, 'bundle.json'), 'utf8'));
  const { int8: _, ...rest } = bundle;
  await writeFile(join(copy, 'bundle.json'), JSON.stringify(rest));
  await expect(loadModel(copy, undefined, 'int8')).rejects.toThrow('has no int8 model. Run it with --precision fp32');
  await (await loadModel(copy)).close();
});

test('an int8 model that answers other classes than the bundle’s golden examples is refused', async () => {
  const golden = JSON.parse(await readFile(join(copy, 'golden.json'), 'utf8'));
  for (const example of golden.examples) example.logits.reverse();
  const text = JSON.stringify(golden);
  await writeFile(join(copy, 'golden.json'), text);
  const bundle = JSON.parse(await readFile(join(copy, 'bundle.json'), 'utf8'));
  const sha256 = createHash('sha256').update(text).digest('hex');
  bundle.files['golden.json'] = { bytes: Buffer.byteLength(text), sha256 };
  await writeFile(join(copy, 'bundle.json'), JSON.stringify(bundle));
  await expect(loadModel(copy, undefined, 'int8')).rejects.toThrow(
    /golden examples the int8 model gives \d+ the class/,
  );
});

test('a batch longer than one run gives each image the answer it has alone', async () => {
  const batch = 75;
  const images = toTensor(Uint8Array.from({ length: batch * PIXELS }, (_, i) => (i * 2_654_435_761) % 256));
  const { logits, probabilities } = model.bundle.outputs;
  const [all, chances] = (await model.infer(images, [logits, probabilities])).results;
  expect([all!.length, chances!.length]).toEqual([750, 750]);
  for (const i of [0, 31, 32, 63, 64, 74]) {
    const alone = await model.recognizer.logits(images.slice(i * PIXELS, (i + 1) * PIXELS));
    for (let label = 0; label < 10; label++) expect(all![i * 10 + label]).toBeCloseTo(alone[label]!, 4);
    const sum = chances!.subarray(i * 10, i * 10 + 10).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 5);
  }
});

test('a folder without a bundle', async () => {
  await expect(loadModel(join(temporary, 'none'))).rejects.toThrow(
    new Problem(
      `There is no model at ${join(temporary, 'none', 'bundle.json')}. Choose a bundle's folder with --model-dir, or make one: npx nx run exporter:export`,
    ),
  );
});

test('a bundle.json cut short', async () => {
  await writeFile(join(copy, 'bundle.json'), '{"schemaVersion": 1,');
  await expect(loadModel(copy)).rejects.toThrow(/bundle\.json is not JSON: .*export it anew/s);
});

test('a bundle.json of another schema version', async () => {
  await changeBundle((bundle) => ({ ...bundle, schemaVersion: 2 }));
  await expect(loadModel(copy)).rejects.toThrow(/schemaVersion: must be 1/);
});

test('a model with one byte too many', async () => {
  await appendFile(join(copy, 'model.onnx'), '\n');
  await expect(loadModel(copy)).rejects.toThrow(
    /^model\.onnx of digits .* is not the published file: expected \d+ bytes/,
  );
});

test('a listed file that is missing', async () => {
  await rm(join(copy, 'model.onnx'));
  await expect(loadModel(copy)).rejects.toThrow(`There is no model at ${join(copy, 'model.onnx')}.`);
});

test('a model that is no ONNX, though it is what the bundle says', async () => {
  const bytes = Buffer.from('no model');
  await writeFile(join(copy, 'model.onnx'), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await changeBundle((bundle) => ({
    ...bundle,
    files: { ...(bundle.files as object), 'model.onnx': { bytes: bytes.length, sha256 } },
  }));
  await expect(loadModel(copy)).rejects.toThrow(`onnxruntime cannot load ${join(copy, 'model.onnx')}: `);
});

test.each([
  ['input', { input: { ...released().input, name: 'picture' } }, 'the input picture float32 [batch, 28, 28, 1]'],
  ['output', { outputs: { logits: 'scores', probabilities: 'probabilities' } }, 'scores float32 [batch, 10]'],
  ['labels', { labels: ['a', 'b'] }, 'logits float32 [batch, 2]'],
])('a model whose %s is not as promised', async (_what, change, promised) => {
  await changeBundle((bundle) => ({ ...bundle, ...change }));
  const failure = await loadModel(copy).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Problem);
  expect((failure as Problem).message).toMatch(/^model\.onnx of digits \S+ does not keep its contract: /);
  expect((failure as Problem).message).toContain(promised);
});

function released() {
  return { input: { dtype: 'float32', shape: ['batch', 28, 28, 1], range: [0, 1], preprocessing: 'mnist' } };
}

async function changeBundle(change: (bundle: Record<string, unknown>) => Record<string, unknown>): Promise<void> {
  const path = join(copy, 'bundle.json');
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
}
