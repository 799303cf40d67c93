import type { Bundle } from './bundle.ts';

/** A valid bundle for tests; a new object each time. */
export function bundleFixture(changes: Partial<Bundle> = {}): Bundle {
  return {
    schemaVersion: 1,
    name: 'digits',
    version: '1.2.3',
    description: 'Handwritten digits.',
    input: { name: 'image', dtype: 'float32', shape: ['batch', 28, 28, 1], range: [0, 1], preprocessing: 'mnist' },
    outputs: { logits: 'logits', probabilities: 'probabilities' },
    labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    temperature: 1.25,
    rejectionThreshold: 0.5,
    files: {
      'model.onnx': { bytes: 5, sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' },
      'data/labels.txt': { bytes: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    },
    model: 'model.onnx',
    training: {
      run: 'edge',
      architecture: 'edge',
      parameters: 30_762,
      config: { epochs: 5, optimizer: { name: 'adam' } },
      seed: 1,
      dataset: { name: 'mnist', sha256: { 'train-images-idx3-ubyte': 'a'.repeat(64) } },
      seconds: 200.5,
      machine: 'two cores',
    },
    metrics: {
      validation: { images: 5000, accuracy: 0.991, loss: 0.03 },
      test: { images: 10_000, accuracy: 0.992, loss: 0.028 },
    },
    tools: { tf2onnx: '1.17.0' },
    ...changes,
  };
}
