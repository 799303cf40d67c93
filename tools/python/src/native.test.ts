import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nativeBinding } from './binding.ts';

// In a process of its own, since it is the whole way in that is tested: the import, the libraries, the kernels.
const script = `
  import util from 'node:util';
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const { default: tf } = await import('@tensorflow/tfjs-node-gpu');
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2], useBias: false })] });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  const inputs = tf.tensor2d([[0, 1], [1, 0], [1, 1]]);
  await model.fit(inputs, tf.tensor2d([[3], [2], [5]]), { epochs: 200, verbose: 0 });
  const weights = Array.from(await model.getWeights()[0].data());
  console.log(JSON.stringify({ backend: tf.getBackend(), tensorflow: tf.backend().binding.TF_Version, weights }));
`;

test('TensorFlow.js computes with the TensorFlow that was set up', async () => {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    env,
  });
  const result = JSON.parse(stdout.trim().split('\n').at(-1)!) as { weights: number[] };
  const binding = nativeBinding();
  expect(binding.state).toBe('ready');
  expect(result).toMatchObject({ backend: 'tensorflow', tensorflow: binding.state === 'ready' && binding.tensorflow });
  expect(result.weights[0]).toBeCloseTo(2, 3);
  expect(result.weights[1]).toBeCloseTo(3, 3);
});
