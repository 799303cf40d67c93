import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@mnist-edge/data';
import { architectures, startBackend } from '@mnist-edge/trainer';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { distance, runGraph, scramble } from './graph.fixture.ts';
import { modelGraph } from './model-graph.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-graph-'));
  await startBackend();
});

afterAll(() => rm(folder, { recursive: true }));

function build(name: string, greyLevels: 'as-is' | 'stretched' = 'as-is'): tf.LayersModel {
  const random = createRandom(1);
  const architecture = architectures.find((candidate) => candidate.name === name)!;
  return architecture.build({
    classes: 10,
    nextSeed: () => random.whole(2 ** 32),
    greyLevels,
    dropout: 0.5,
    random,
  });
}

describe.each(architectures.map((architecture) => architecture.name))('%s', (name) => {
  test.each([
    [1, 'as-is'],
    [2, 'as-is'],
    [5, 'as-is'],
    [1, 'stretched'],
    [5, 'stretched'],
  ] as const)('answers as the net does, batch %i, grey levels %s', async (batch, greyLevels) => {
    const model = build(name, greyLevels);
    scramble(model, 1);
    const input = tf.randomUniform([batch, 28, 28, 1], 0.2, 0.6, 'float32', 7);
    const expected = model.apply(input) as tf.Tensor;
    const [logits, probabilities] = await runGraph(modelGraph(model, 2.5), folder, input);
    expect(logits!.shape).toEqual([batch, 10]);
    expect(distance(logits!, expected) / expected.abs().max().dataSync()[0]!).toBeLessThan(1e-5);
    expect(distance(probabilities!, tf.softmax(expected.div(2.5)))).toBeLessThan(1e-4);
  });
});

test('batch norm is gone into the convolutions, and no reshape is left but the flattening', () => {
  const graph = modelGraph(build('edge-flat'), 1);
  const convolution = ['Conv2D', 'BiasAdd', 'Relu'];
  expect(graph.nodes.map((node) => node.op)).toEqual([
    ...[1, 2, 3, 4].flatMap(() => convolution),
    ...['Reshape', 'MatMul', 'BiasAdd', 'Mul', 'Softmax'],
  ]);
  expect(graph.input.shape).toEqual([-1, 28, 28, 1]);
  expect(graph.outputs).toEqual(['logits', 'probabilities']);
  // Nothing but what the nodes read is in the file.
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  expect([...graph.weights.keys()].every((name) => read.has(name))).toBe(true);
});

type Layer = () => tf.layers.Layer;

const activation = fc.constantFrom('relu', 'sigmoid', 'tanh', 'elu', 'relu6' as const);
const anyLayer: fc.Arbitrary<Layer> = fc.oneof(
  fc
    .record({
      filters: fc.integer({ min: 1, max: 4 }),
      kernelSize: fc.integer({ min: 1, max: 3 }),
      strides: fc.integer({ min: 1, max: 2 }),
      padding: fc.constantFrom('same' as const, 'valid' as const),
      useBias: fc.boolean(),
      activation: fc.option(fc.constantFrom('relu' as const, 'sigmoid' as const, 'elu' as const), {
        nil: 'linear' as const,
      }),
    })
    .map(
      (options): Layer =>
        () =>
          tf.layers.conv2d(options),
    ),
  fc
    .record({ kernelSize: fc.integer({ min: 1, max: 3 }), padding: fc.constantFrom('same' as const, 'valid' as const) })
    .map(
      (options): Layer =>
        () =>
          tf.layers.depthwiseConv2d(options),
    ),
  fc.constant<Layer>(() => tf.layers.batchNormalization({})),
  activation.map(
    (name): Layer =>
      () =>
        tf.layers.activation({ activation: name as 'relu' }),
  ),
  fc.constant<Layer>(() => tf.layers.maxPooling2d({ poolSize: 2, padding: 'same' })),
  fc.constant<Layer>(() => tf.layers.averagePooling2d({ poolSize: 2, padding: 'same' })),
  fc.constant<Layer>(() => tf.layers.dropout({ rate: 0.5 })),
);
const anyHead: fc.Arbitrary<Layer[]> = fc.constantFrom<Layer[]>(
  [
    () => tf.layers.flatten(),
    () => tf.layers.dense({ units: 6, activation: 'relu' }),
    () => tf.layers.batchNormalization({}),
    () => tf.layers.dense({ units: 3 }),
  ],
  [() => tf.layers.globalAveragePooling2d({}), () => tf.layers.dense({ units: 3, useBias: false })],
  [() => tf.layers.flatten(), () => tf.layers.dense({ units: 3 }), () => tf.layers.batchNormalization({})],
);

test('any net of known layers answers as the net itself does', async () => {
  // Four layers, each of which may halve the image, leave a pixel of it at the least.
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLayer, { maxLength: 4 }),
      anyHead,
      fc.integer({ min: 1, max: 4 }),
      async (body, head, batch) => {
        const model = tf.sequential();
        model.add(tf.layers.inputLayer({ inputShape: [33, 32, 2] }));
        for (const layer of [...body, ...head]) model.add(layer());
        scramble(model, 3);
        const input = tf.randomUniform([batch, 33, 32, 2], -1, 1, 'float32', 5);
        const expected = model.apply(input) as tf.Tensor;
        const [logits] = await runGraph(modelGraph(model, 1), folder, input);
        const scale = Math.max(1, expected.abs().max().dataSync()[0]!);
        expect(distance(logits!, expected) / scale).toBeLessThan(1e-4);
      },
    ),
    { numRuns: 40 },
  );
});

test('a sum of two paths is exported', async () => {
  const input = tf.input({ shape: [8, 8, 2] });
  const path = tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }).apply(input) as tf.SymbolicTensor;
  const sum = tf.layers.add().apply([input, tf.layers.batchNormalization({}).apply(path) as tf.SymbolicTensor]);
  const output = tf.layers.dense({ units: 3 }).apply(tf.layers.flatten().apply(sum)) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: output });
  scramble(model, 1);
  const images = tf.randomUniform([3, 8, 8, 2], 0, 1, 'float32', 1);
  const [logits] = await runGraph(modelGraph(model, 1), folder, images);
  expect(distance(logits!, model.apply(images) as tf.Tensor)).toBeLessThan(1e-4);
});

test('a layer that has no translation is refused by its kernel before anything is converted', () => {
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: [8, 8, 1] }));
  model.add(tf.layers.leakyReLU({ alpha: 0.1 }));
  model.add(tf.layers.flatten());
  const { call } = model.layers[1]!;
  expect(() => modelGraph(model, 1)).toThrow(
    /no translation for the kernel LeakyRelu of the layer "leaky_re_lu\S*" \(LeakyReLU\) .*It knows: .*Conv2D.*Write the layer with/s,
  );
  // The layer is as it was.
  expect(model.layers[1]!.call).toBe(call);
});
