import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { datasetFolder, readSplit, type Split } from '@mnist-edge/data';
import { listFiles, makeVariant, type Variant } from '@mnist-edge/exporter';
import { type Bundle, PIXELS, parseBundle, SIDE, toTensor } from '@mnist-edge/recognizer';
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inBatches } from './batches.ts';
import { type Comparison, compare, TOLERANCE, table } from './compare.ts';
import type { Timed } from './runtime.ts';
import { reference } from './runtimes/index.ts';
import { onnxruntimeWebChromium } from './runtimes/onnxruntime-web-chromium.ts';

/** Another form of a bundle's model. */
interface Form extends Variant {
  readonly name: string;
  /** What it is made of. */
  readonly of: 'fp32' | 'int8';
  /** How far its logits may be from the fp32 reference's. */
  readonly tolerance: number;
  /** How many of the most likely classes may be others. */
  readonly disagreements: number;
}

/**
 * Bytes instead of 0..1 change nothing. Sixteen bits round weights and biases to 11 significant bits, of nets whose logits reach
 * from some units to some tens; the 8-bit model has the bounds that it has in parity.test.ts.
 */
const forms: readonly Form[] = [
  { name: 'fp32.uint8', of: 'fp32', halfWeights: false, byteInput: true, tolerance: TOLERANCE, disagreements: 0 },
  { name: 'fp16', of: 'fp32', halfWeights: true, byteInput: false, tolerance: 0.05, disagreements: 3 },
  { name: 'fp16.uint8', of: 'fp32', halfWeights: true, byteInput: true, tolerance: 0.05, disagreements: 3 },
  { name: 'int8.uint8', of: 'int8', halfWeights: false, byteInput: true, tolerance: 1.5, disagreements: 10 },
];
const named = forms.map((form) => [form.name, form] as const);

describe.each(readdirSync(join(workspaceRoot, 'models')))('the other forms of %s', (name) => {
  const folder = join(workspaceRoot, 'models', name);
  let scratch: string;
  let bundle: Bundle;
  let images: Split;
  let expected: Timed;
  const rows: Comparison[] = [];

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'mnist-edge-variants-'));
    bundle = parseBundle(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
    images = await readSplit(datasetFolder(bundle.training.dataset.name), 'test');
    const sources = { fp32: bundle.model, int8: bundle.int8!.model };
    for (const form of forms) await makeVariant(join(folder, sources[form.of]), fileOf(form), form);
    const open = await reference.open({ folder, bundle });
    expected = await open.run(images.images).finally(() => open.close());
    rows.push(compare(reference.name, expected, expected.logits, images.labels));
  });

  afterAll(async () => {
    process.stdout.write(`\nOther forms of ${bundle.name} ${bundle.version}:\n\n${table(rows)}\n\n`);
    await rm(scratch, { recursive: true });
  });

  const fileOf = (form: Form) => join(scratch, `${form.name}.onnx`);

  function check(runtime: string, form: Form, answers: Timed): void {
    const row = compare(`${form.name} in ${runtime}`, answers, expected.logits, images.labels);
    rows.push(row);
    expect(row.images).toBe(bundle.metrics.test.images);
    expect(row.largestDifference).toBeLessThanOrEqual(form.tolerance);
    expect(row.disagreements).toBeLessThanOrEqual(form.disagreements);
  }

  test.each(named)('%s in onnxruntime-node', async (_, form) => {
    const session = await native.InferenceSession.create(fileOf(form), { intraOpNumThreads: 1 });
    const answers = await answer(native, session, form, images, bundle).finally(() => session.release());
    check('onnxruntime-node', form, answers);
  });

  test.each(named)('%s in onnxruntime-web', async (_, form) => {
    const { resolve } = createRequire(import.meta.url);
    const binary = new Uint8Array(await readFile(resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')));
    web.env.wasm.wasmBinary = binary.buffer;
    web.env.wasm.numThreads = 1;
    const session = await web.InferenceSession.create(new Uint8Array(await readFile(fileOf(form))));
    const answers = await answer(web, session, form, images, bundle).finally(() => session.release());
    check('onnxruntime-web in Node', form, answers);
  });

  test('fp16 in Chromium, by the page’s own runtime', async () => {
    const form = forms[1]!;
    const copy = join(scratch, 'bundle');
    await cp(folder, copy, { recursive: true });
    const model = await readFile(fileOf(form));
    await writeFile(join(copy, bundle.model), model);
    const alone = parseBundle({ ...bundle, files: { ...bundle.files, ...listFiles({ [bundle.model]: model }) } });
    await writeFile(join(copy, 'bundle.json'), JSON.stringify(alone));
    const open = await onnxruntimeWebChromium.open({ folder: copy, bundle: alone });
    check('onnxruntime-web in Chromium', form, await open.run(images.images).finally(() => open.close()));
  });
});

/** What of the two onnxruntimes' public interfaces is used here. */
interface Onnxruntime<Tensor> {
  readonly Tensor: new (type: 'float32' | 'uint8', data: Float32Array | Uint8Array, dims: readonly number[]) => Tensor;
}

interface Session<Tensor> {
  run(feeds: Record<string, Tensor>, fetches: readonly string[]): Promise<Record<string, { readonly data: unknown }>>;
}

function answer<Tensor>(
  { Tensor }: Onnxruntime<Tensor>,
  session: Session<Tensor>,
  { byteInput }: Variant,
  { images }: Split,
  bundle: Bundle,
): Promise<Timed> {
  return inBatches(images, async (batch) => {
    const [type, data] = byteInput ? (['uint8', batch] as const) : (['float32', toTensor(batch)] as const);
    const tensor = new Tensor(type, data, [batch.length / PIXELS, SIDE, SIDE, 1]);
    const results = await session.run({ [bundle.input.name]: tensor }, [bundle.outputs.logits]);
    return results[bundle.outputs.logits]!.data as Float32Array;
  });
}
