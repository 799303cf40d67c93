import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonTool } from './environment.ts';
import { environmentPython, thisCheckout } from './place.ts';

const graphs = join(import.meta.dirname, 'testing/graphs.py');
const description = {
  inputs: { image: 'image' },
  outputs: { 'Identity:0': 'logits' },
  metadata: { labels: '["0","1"]', note: 'ink bright' },
  producer: 'mnist-edge',
  producerVersion: '0.1.0',
  graphName: 'digits',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finish-'));
  await call(environmentPython(thisCheckout), ['-B', graphs, 'make', folder]);
});
afterAll(() => rm(folder, { recursive: true }));

interface Call {
  code: number;
  stdout: string;
  stderr: string;
}

function call(file: string, args: string[]): Promise<Call> {
  return new Promise((resolve) => {
    execFile(file, args, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });
}

/** Finishes the graph of that name with the description, changed as given. */
async function finish(graph: string, changes: object = {}): Promise<Call & { output: string }> {
  const output = join(folder, `${graph}-finished.onnx`);
  const file = join(folder, `${graph}.json`);
  await writeFile(file, JSON.stringify({ ...description, ...changes }));
  const input = join(folder, `${graph}.onnx`);
  const outcome = await call(pythonTool('mnist-edge-onnx'), [
    'finish',
    ...['--input', input],
    ...['--output', output],
    ...['--description', file],
  ]);
  return { ...outcome, output };
}

async function read(graph: string): Promise<Record<string, unknown>> {
  const files = [join(folder, `${graph}.onnx`), join(folder, `${graph}-finished.onnx`)];
  const { stdout, stderr } = await call(environmentPython(thisCheckout), ['-B', graphs, 'read', ...files]);
  return JSON.parse(stdout || stderr) as Record<string, unknown>;
}

const named = { outputs: { 'Identity:0': 'logits', Identity_1: 'probabilities' } };

test('a clean graph comes out named, described and computing the same', async () => {
  const { code, stdout, stderr, output } = await finish('clean', named);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toEqual({
    opset: 18,
    irVersion: 8,
    operators: { Add: 1, Conv: 2, MatMul: 1, MaxPool: 1, Relu: 1, Reshape: 2, Softmax: 1 },
    parameters: 3 * 9 + 3 + 4 * 3 * 9 + 576 * 10 + 10,
    inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 28, 28, 1] }],
    outputs: [
      { name: 'logits', dtype: 'float32', shape: ['batch', 10] },
      { name: 'probabilities', dtype: 'float32', shape: ['batch', 10] },
    ],
    bytes: (await readFile(output)).length,
  });
  expect(await read('clean')).toEqual({
    nodes: [
      ['reshape_1', ['image', 'reshape_1_shape'], ['reshape_1']],
      ['conv_1', ['reshape_1', 'conv_1_W', 'conv_1_B'], ['conv_1']],
      ['relu_1', ['conv_1'], ['relu_1']],
      ['conv_2', ['relu_1', 'conv_2_W'], ['conv_2']],
      ['max_pool_1', ['conv_2'], ['max_pool_1']],
      ['reshape_2', ['max_pool_1', 'reshape_2_shape'], ['reshape_2']],
      ['mat_mul_1', ['reshape_2', 'mat_mul_1_B'], ['mat_mul_1']],
      ['add_1', ['mat_mul_1', 'add_1_B'], ['logits']],
      ['softmax_1', ['logits'], ['probabilities']],
    ],
    weights: ['conv_1_W', 'conv_1_B', 'conv_2_W', 'mat_mul_1_B', 'add_1_B', 'reshape_1_shape', 'reshape_2_shape'],
    values: {
      reshape_1: ['batch', 1, 28, 28],
      conv_1: ['batch', 3, 26, 26],
      relu_1: ['batch', 3, 26, 26],
      conv_2: ['batch', 4, 24, 24],
      max_pool_1: ['batch', 4, 12, 12],
      reshape_2: ['batch', 576],
      mat_mul_1: ['batch', 10],
    },
    metadata: description.metadata,
    operatorSets: [['', 18]],
    producer: ['mnist-edge', '0.1.0', 'digits'],
    documented: 0,
    largestDifference: 0,
  });
});

test('the same input gives the same bytes, and no draft is left', async () => {
  const first = await readFile((await finish('clean', named)).output);
  const second = await readFile((await finish('clean', named)).output);
  expect(first.equals(second)).toBe(true);
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('an axis that holds the batch times the rows is not called the batch', async () => {
  expect((await finish('merged')).code).toBe(0);
  const { values, largestDifference } = await read('merged');
  expect({ values, largestDifference }).toEqual({ values: {}, largestDifference: 0 });
});

test.each([
  [
    'cast',
    {},
    "the graph is not clean: it computes shapes, casts or control flow in Cast 'model/half', Cast 'model/back'",
  ],
  ['control_flow', {}, "the graph is not clean: it computes shapes, casts or control flow in If 'model/cond'"],
  ['external', {}, 'the weights w are in another file; the model must be one file'],
  ['fixed_batch', {}, "the output 'logits' has its batch fixed to 7; it must be free"],
  ['mismatch', {}, 'shape inference fails: '],
  ['new_file', {}, "the file's IR version is 11; 10 is the newest that is sure to load everywhere"],
  ['clean', {}, "the description gives no new name to the graph's outputs ['Identity_1:0']"],
  ['clean', { outputs: { Identity: 'logits' } }, "output 'Identity' of the description fits "],
  [
    'clean',
    { ...named, inputs: { picture: 'image' } },
    "input 'picture' of the description fits none of the graph's inputs",
  ],
  [
    'clean',
    { outputs: { 'Identity:0': 'y', Identity_1: 'y' } },
    'two inputs or outputs would have the same name: image, y, y',
  ],
  ['clean', { metadata: { count: 10 } }, 'metadata is {"count": 10}, expected an object of strings'],
  ['clean', { graphName: undefined }, 'must be a JSON object with exactly the fields inputs, outputs, metadata, '],
  ['absent', {}, "No such file or directory: '"],
])('%s with %j is refused in one line, and nothing is written', async (graph, changes, message) => {
  await rm(join(folder, `${graph}-finished.onnx`), { force: true });
  const { code, stdout, stderr } = await finish(graph, changes);
  expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
  expect(stderr).toMatch(/^mnist-edge-onnx: /);
  expect(stderr).toContain(message);
  expect(await readdir(folder)).not.toContain(`${graph}-finished.onnx`);
});

test('a file that is no ONNX model is refused by name', async () => {
  await writeFile(join(folder, 'text.onnx'), 'not a model');
  const { code, stderr } = await finish('text');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^mnist-edge-onnx: \S*text\.onnx is not an ONNX model\n$/);
});

test('versions tells what is installed, without the time that importing TensorFlow takes', async () => {
  const { stdout } = await call(pythonTool('mnist-edge-onnx'), ['versions']);
  expect(JSON.parse(stdout)).toEqual({
    python: expect.stringMatching(/^3\.1[1-3]\.\d+$/),
    tf2onnx: '1.17.0',
    numpy: expect.stringMatching(/^(1\.26\.4|2\.2\.6)$/),
    onnx: '1.23.1',
    onnxruntime: '1.30.0',
    tensorflow: '2.21.0',
    cuda: expect.any(Boolean),
    tensorflowFolder: expect.stringMatching(/\/tensorflow$/),
  });
});

test('tf2onnx converts a tfjs graph-model, which NumPy must be fit for', async () => {
  const float = { type: 'DT_FLOAT' };
  const weights = [{ name: 'w', shape: [2, 3], dtype: 'float32' }];
  const image = { dtype: float, shape: { shape: { dim: [{ size: '-1' }, { size: '2' }] } } };
  const product = { T: float, transpose_a: { b: false }, transpose_b: { b: false } };
  const model = {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'image', op: 'Placeholder', attr: image },
        { name: 'w', op: 'Const', attr: { dtype: float, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: {} } } } },
        { name: 'logits', op: 'MatMul', input: ['image', 'w'], attr: product },
      ],
      library: {},
      versions: { producer: 1395 },
    },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  await writeFile(join(folder, 'model.json'), JSON.stringify(model));
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer));
  const files = ['--tfjs', join(folder, 'model.json'), '--output', join(folder, 'tiny.onnx')];
  const converted = await call(pythonTool('tf2onnx'), [...files, '--opset', '18']);
  expect(converted.code, converted.stderr).toBe(0);
  const { stdout } = await finish('tiny', { outputs: { logits: 'logits' } });
  expect(JSON.parse(stdout)).toMatchObject({
    opset: 18,
    operators: { MatMul: 1 },
    parameters: 6,
    inputs: [{ name: 'image', shape: ['batch', 2] }],
    outputs: [{ name: 'logits', shape: ['batch', 3] }],
  });
});
