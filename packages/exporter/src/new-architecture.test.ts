import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@mnist-edge/data';
import { type Architecture, findArchitecture, startBackend } from '@mnist-edge/trainer';
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convert } from './convert.ts';
import { distance, scramble } from './graph.fixture.ts';
import { modelGraph } from './model-graph.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-new-architecture-'));
  await startBackend();
});

afterAll(() => rm(folder, { recursive: true }));

/** What somebody who adds an architecture writes: this one object, in a file of its own. */
const separable: Architecture = {
  name: 'separable',
  description: 'depthwise convolutions with a residual sum, which no net of the registry has',
  recipe: findArchitecture('edge').recipe,
  build({ classes, nextSeed }) {
    const kernel = () => tf.initializers.heNormal({ seed: nextSeed() });
    const input = tf.input({ shape: [28, 28, 1] });
    const stem = tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, kernelInitializer: kernel() });
    let x = stem.apply(input) as tf.SymbolicTensor; // [batch, 13, 13, 8]
    for (const activation of ['relu', 'tanh'] as const) {
      const depthwise = tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthwiseInitializer: kernel() });
      const path = tf.layers.batchNormalization().apply(depthwise.apply(x)) as tf.SymbolicTensor;
      const sum = tf.layers.add().apply([x, path]) as tf.SymbolicTensor;
      x = tf.layers.activation({ activation }).apply(sum) as tf.SymbolicTensor;
    }
    const pooled = tf.layers.globalAveragePooling2d({}).apply(x) as tf.SymbolicTensor; // [batch, 8]
    const head = tf.layers.dense({ units: classes, kernelInitializer: kernel() });
    return tf.model({ inputs: input, outputs: head.apply(pooled) as tf.SymbolicTensor });
  },
};

/** Exports fresh weights and gives the answers of the ONNX file beside those of the net, and the file's operators. */
async function exported(architecture: Architecture, images: tf.Tensor) {
  const random = createRandom(1);
  const options = {
    classes: 10,
    nextSeed: () => random.whole(2 ** 32),
    greyLevels: 'as-is' as const,
    dropout: 0.3,
    random,
  };
  const model = architecture.build(options);
  scramble(model, 1);
  const path = join(folder, `${architecture.name}.onnx`);
  const { operators } = await convert(modelGraph(model, 1.5), folder, path, { name: architecture.name });
  const session = await ort.InferenceSession.create(path);
  const feeds = { image: new ort.Tensor('float32', images.dataSync() as Float32Array, images.shape) };
  const { logits } = await session.run(feeds);
  const expected = model.apply(images) as tf.Tensor;
  const found = tf.tensor(logits!.data as Float32Array, [...logits!.dims]);
  return { operators, path, difference: distance(found, expected) / expected.abs().max().dataSync()[0]! };
}

test('a new architecture with a new kind of layer is one object, and is exported by tf2onnx as it is', async () => {
  const { operators, difference, path } = await exported(
    separable,
    tf.randomUniform([3, 28, 28, 1], 0, 1, 'float32', 7),
  );
  expect(difference).toBeLessThan(1e-5);
  // The stem, and the two depthwise ones with batch norm folded into them.
  expect(operators).toMatchObject({ Conv: 3, Tanh: 1 });
  expect(operators).not.toHaveProperty('BatchNormalization');
  expect((await readFile(path)).length).toBeLessThan(10_000);
});

test.each(['rnn', 'transformer'])('%s, unrolled, is exported by tf2onnx and answers any batch', async (name) => {
  const images = tf.randomUniform([4, 28, 28, 1], 0, 1, 'float32', 7);
  const { difference, path } = await exported(findArchitecture(name), images);
  expect(difference).toBeLessThan(1e-5);
  // The steps of the sequence share their weights in the file too.
  expect((await readFile(path)).length).toBeLessThan(600_000);
});
