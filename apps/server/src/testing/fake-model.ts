import { createHash } from 'node:crypto';
import { PIXELS, parseBundle, SIDE, softmax } from '@mnist-edge/recognizer';
import type { Run } from '../models/batcher.ts';
import { type Model, type ModelFile, modelOver } from '../models/model.ts';

/**
 * For tests that are about the server and not about recognition: a model whose logits are an image's first ten pixels,
 * so that any test can say which numbers must come back.
 */
export function fakeModel({ name = 'fake', version = '1.2.3' } = {}): Model {
  const modelBytes = Buffer.from('not for onnxruntime');
  const file = { bytes: modelBytes.length, sha256: sha256(modelBytes) };
  const json = {
    schemaVersion: 1,
    name,
    version,
    description: 'Ten pixels.',
    input: { name: 'image', dtype: 'float32', shape: ['batch', 28, 28, 1], range: [0, 1], preprocessing: 'mnist' },
    outputs: { logits: 'logits', probabilities: 'probabilities' },
    labels: Array.from('0123456789'),
    temperature: 1,
    rejectionThreshold: 0,
    files: { 'model.onnx': file, 'notes/about.md': file },
    model: 'model.onnx',
    training: {
      run: 'fake',
      architecture: 'fake',
      parameters: 0,
      config: {},
      seed: 0,
      dataset: { name: 'fake', sha256: {} },
      seconds: 0,
      machine: 'none',
    },
    metrics: {
      validation: { images: 10, accuracy: 0.5, loss: 1 },
      test: { images: 10_000, accuracy: 0.9876, loss: 1 },
    },
    tools: {},
  };
  const bundle = parseBundle(json);
  const files = new Map<string, ModelFile>([
    ['bundle.json', asFile(Buffer.from(JSON.stringify(json)))],
    ['model.onnx', asFile(modelBytes)],
    ['notes/about.md', asFile(modelBytes)],
  ]);
  const run: Run = (images, outputs) => {
    const logits = firstTen(images);
    return outputs.map((name) => (name === 'logits' ? logits : softmaxes(logits)));
  };
  // The same net as a dense layer: each class is given one pixel.
  const weights = Float32Array.from({ length: PIXELS * 10 }, (_, i) => (i % 10 === Math.floor(i / 10) ? 1 : 0));
  const look: Model['look'] = async (image) => ({
    features: { data: image, dims: [1, SIDE, SIDE, 1] },
    weights: { data: weights, dims: [PIXELS, 10] },
    logits: { data: firstTen(image), dims: [1, 10] },
  });
  return modelOver({
    run,
    look,
    bundle,
    precision: 'fp32',
    files,
    queueing: { maxWaiting: 1000 },
    release: async () => {},
  });
}

function firstTen(images: Float32Array): Float32Array {
  const batch = images.length / PIXELS;
  const logits = new Float32Array(batch * 10);
  for (let i = 0; i < batch; i++) logits.set(images.subarray(i * PIXELS, i * PIXELS + 10), i * 10);
  return logits;
}

function softmaxes(logits: Float32Array): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let i = 0; i < logits.length; i += 10) probabilities.set(softmax(logits.subarray(i, i + 10)), i);
  return probabilities;
}

function asFile(bytes: Buffer): ModelFile {
  return { bytes, sha256: sha256(bytes) };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
