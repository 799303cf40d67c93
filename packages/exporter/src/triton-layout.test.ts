import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { expect, test } from 'vitest';
import { readBundle } from './bundle-folder.ts';
import { exporterCommand } from './command-line.ts';
import { tritonFiles } from './triton-layout.ts';

const released = join(workspaceRoot, 'models', 'digits');

test('a repository holds the model as version 1, its labels, and a configuration that names the bundle’s tensors', async () => {
  const { bundle, files } = await readBundle(released);
  const model = files[bundle.model]!;
  const repository = tritonFiles(bundle, model);
  expect(Object.keys(repository).sort()).toEqual(['digits/1/model.onnx', 'digits/config.pbtxt', 'digits/labels.txt']);
  expect(repository['digits/1/model.onnx']).toBe(model);
  const text = (path: string) => new TextDecoder().decode(repository[path]);
  expect(text('digits/labels.txt')).toBe('0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n');
  const config = text('digits/config.pbtxt');
  expect(config).toContain('name: "digits"\nplatform: "onnxruntime_onnx"\nmax_batch_size: 128\n');
  expect(config).toMatch(/input \[\s*\{\s*name: "image"\s*data_type: TYPE_FP32\s*dims: \[ 28, 28, 1 \]/);
  expect([...config.matchAll(/name: "(logits|probabilities)"\s*data_type: TYPE_FP32\s*dims: \[ 10 \]/g)]).toHaveLength(
    2,
  );
});

test('names are escaped as the text format wants it', async () => {
  const { bundle } = await readBundle(released);
  const odd = { ...bundle, input: { ...bundle.input, name: 'a "b"\n' } };
  const config = new TextDecoder().decode(tritonFiles(odd, new Uint8Array())['digits/config.pbtxt']);
  expect(config).toContain(String.raw`name: "a \"b\"\n"`);
});

test('the command writes it of the released bundle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-triton-'));
  const lines: string[] = [];
  try {
    const program = exporterCommand({ print: (line) => lines.push(line) });
    await program.parseAsync(['triton', '--bundle', released, '--to', folder], { from: 'user' });
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'digits',
      'digits/1',
      'digits/1/model.onnx',
      'digits/config.pbtxt',
      'digits/labels.txt',
    ]);
    const { bundle, files } = await readBundle(released);
    expect(await readFile(join(folder, 'digits/1/model.onnx'))).toEqual(files[bundle.model]);
    expect(lines).toEqual([expect.stringMatching(/^Wrote .*digits.*tritonserver --model-repository=/)]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
