import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareSynthetic, readSplit } from '@mnist-edge/data';
import { answer, createRecognizer, parseGolden, topK, toTensor } from '@mnist-edge/recognizer';
import { findArchitecture, score, startBackend, trainRun } from '@mnist-edge/trainer';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBundle, writeBundle } from './bundle-folder.ts';
import { checkOnnx } from './check.ts';
import { type Exported, type ExportRequest, exportRun } from './export-run.ts';

let folder: string;
let request: ExportRequest;
let exported: Exported;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-export-test-'));
  const dataset = join(folder, 'synthetic');
  const silent = { update: () => undefined, stop: () => undefined };
  const settings = { counts: { train: 1200, validation: 300, test: 300 }, seed: 1, startProgress: () => silent };
  await prepareSynthetic(dataset, settings, () => undefined);
  const run = join(folder, 'run');
  await trainRun({
    config: {
      ...findArchitecture('edge').recipe,
      model: 'edge',
      dataset: 'synthetic',
      seed: 1,
      epochs: 5,
      batchSize: 50,
    },
    backend: await startBackend(),
    dataset,
    folder: run,
  });
  request = { run, datasets: folder, folder: join(folder, 'bundle'), name: 'digits', version: '1.2.3' };
  exported = await exportRun(request);
});

afterAll(() => rm(folder, { recursive: true }));

test('the bundle is whole, describes itself, and its graph is clean', async () => {
  const { bundle, files } = await readBundle(request.folder);
  expect(bundle).toEqual(exported.bundle);
  const paths = ['golden.json', 'model.int8.onnx', 'model.onnx', 'tfjs/model.json', 'tfjs/weights.bin'];
  expect(Object.keys(files).sort()).toEqual(paths);
  const { tolerance, examples } = parseGolden(JSON.parse(Buffer.from(files['golden.json']!).toString()));
  expect([tolerance, examples.length, examples[0]!.logits.length]).toEqual([1e-3, 10, 10]);
  expect(bundle).toMatchObject({
    name: 'digits',
    version: '1.2.3',
    training: { dataset: { name: 'synthetic' }, seed: 1 },
  });
  expect(bundle.description).toMatch(/[Ss]ynthetic/);
  expect(exported.onnx.inputs).toEqual([{ name: 'image', dtype: 'float32', shape: ['batch', 28, 28, 1] }]);
  expect(exported.onnx.outputs).toEqual([
    { name: 'logits', dtype: 'float32', shape: ['batch', 10] },
    { name: 'probabilities', dtype: 'float32', shape: ['batch', 10] },
  ]);
  expect(exported.onnx.operators).toMatchObject({ Conv: 5, Relu: 5 });
  expect(Object.keys(exported.onnx.operators)).not.toContain('BatchNormalization');
  // Two numbers a weight of batch norm are folded away: 2 × (16 + 24 + 48 + 48 + 48) fewer than were trained, and a bias more.
  expect(exported.largestDifference).toBeLessThan(1e-4);
  const card = await readFile(join(request.folder, 'README.md'), 'utf8');
  for (const fact of ['digits 1.2.3', bundle.files['model.onnx']!.sha256, 'synthetic', '300'])
    expect(card).toContain(fact);
});

test("the graph's probabilities are the recognizer's", async () => {
  const { bundle, files } = await readBundle(request.folder);
  const session = await ort.InferenceSession.create(files[bundle.model]!);
  const { images } = await readSplit(join(folder, 'synthetic'), 'validation');
  const input = toTensor(images.subarray(0, 20 * 784));
  const recognizer = createRecognizer(ort, session, bundle);
  const logits = await recognizer.logits(input);
  const { probabilities } = await session.run({ image: new ort.Tensor('float32', input, [20, 28, 28, 1]) });
  const inFile = probabilities!.data as Float32Array;
  for (let i = 0; i < 20; i++) {
    const shared = answer(logits.subarray(10 * i, 10 * i + 10), bundle).probabilities;
    shared.forEach((probability, k) => {
      expect(inFile[10 * i + k]).toBeCloseTo(probability, 5);
    });
  }
});

test('the network in the file gets right what the trainer got right', async () => {
  const { bundle, files } = await readBundle(request.folder);
  const session = await ort.InferenceSession.create(files[bundle.model]!);
  const { images, labels, count } = await readSplit(join(folder, 'synthetic'), 'validation');
  const logits = await createRecognizer(ort, session, bundle).logits(toTensor(images));
  const right = labels.filter((label, i) => topK(logits.subarray(10 * i, 10 * i + 10), 1)[0] === label).length;
  expect(right / count).toBeCloseTo(bundle.metrics.validation.accuracy, 6);
});

test('the 8-bit model is small, gets right what its card says, and does not lose much', async () => {
  const { bundle, files } = await readBundle(request.folder);
  const { model, metrics } = bundle.int8!;
  // A byte for each weight, and little else.
  expect(files[model]!.length).toBeLessThan(exported.onnx.parameters + 5500);
  const session = await ort.InferenceSession.create(files[model]!);
  const { images, labels } = await readSplit(join(folder, 'synthetic'), 'test');
  const logits = await createRecognizer(ort, session, bundle).logits(toTensor(images));
  expect(score(logits, labels)).toEqual(metrics.test);
  expect(metrics.validation.accuracy).toBeGreaterThanOrEqual(bundle.metrics.validation.accuracy - 0.002);
});

test('a model that does not reproduce the trainer is refused with the numbers', async () => {
  const { images } = await readSplit(join(folder, 'synthetic'), 'validation');
  const path = join(request.folder, 'model.onnx');
  const logits = new Float32Array(64 * 10).fill(1000);
  await expect(checkOnnx(path, exported.bundle, { images, logits })).rejects.toThrow(
    /image 0, class 0: logit -?[\d.]+ instead of 1000, off by [\d.]+ where 0\.0001 is allowed/,
  );
  const nothing = new Float32Array(64 * 10).fill(Number.NaN);
  await expect(checkOnnx(path, exported.bundle, { images, logits: nothing })).rejects.toThrow('NaN');
});

test('a model whose names are not the contract is refused', async () => {
  const { images } = await readSplit(join(folder, 'synthetic'), 'validation');
  const bundle = { ...exported.bundle, input: { ...exported.bundle.input, name: 'pixels' } };
  const reference = { images, logits: new Float32Array(640) };
  await expect(checkOnnx(join(request.folder, 'model.onnx'), bundle, reference)).rejects.toThrow(
    /inputs are \[image\].*\[pixels\]/,
  );
});

test('an export that fails leaves the bundle that was there', async () => {
  const before = await readFile(join(request.folder, 'bundle.json'), 'utf8');
  await expect(exportRun({ ...request, run: join(folder, 'no-run') })).rejects.toThrow(/trainer:train/);
  await expect(exportRun({ ...request, datasets: join(folder, 'no-data') })).rejects.toThrow(/data:prepare/);
  await expect(exportRun({ ...request, name: 'Not A Name' })).rejects.toThrow(/name: must be lower-case/);
  expect(await readFile(join(request.folder, 'bundle.json'), 'utf8')).toBe(before);
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a damaged bundle is refused by the name of the file', async () => {
  const copy = join(folder, 'copy');
  const { bundle, files } = await readBundle(request.folder);
  await writeBundle(copy, bundle, files);
  await writeFile(join(copy, 'tfjs', 'weights.bin'), 'other bytes');
  await expect(readBundle(copy)).rejects.toThrow(/tfjs\/weights\.bin of digits 1\.2\.3 is not the published file/);
  await rm(join(copy, 'model.onnx'));
  await expect(readBundle(copy)).rejects.toThrow(/model\.onnx cannot be read.*exporter:export/);
  await rm(join(copy, 'bundle.json'));
  await expect(readBundle(copy)).rejects.toThrow(/bundle\.json cannot be read/);
});
