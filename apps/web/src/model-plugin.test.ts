import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, createServer } from 'vite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { modelPlugin } from '../model-plugin.ts';

let root: string;
let model: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mnist-edge-'));
  model = join(root, 'released');
  await cp(resolve(import.meta.dirname, '../dist/model'), model, { recursive: true });
  await writeFile(join(model, 'README.md'), 'not for the page');
  await writeFile(join(root, 'index.html'), '<!doctype html><title>page</title>');
});

afterEach(() => rm(root, { recursive: true, force: true }));

const settings = () => ({
  root,
  configFile: false as const,
  logLevel: 'silent' as const,
  plugins: [modelPlugin(model)],
});

test('puts bundle.json and its models into the build, and nothing else of the bundle', async () => {
  await build(settings());
  const files = ['bundle.json', 'model.int8.onnx', 'model.onnx'];
  expect((await readdir(join(root, 'dist/model'))).sort()).toEqual(files);
  for (const file of files) {
    expect(Buffer.compare(await readFile(join(root, 'dist/model', file)), await readFile(join(model, file)))).toBe(0);
  }
});

test('fails the build for a missing bundle, with what to do', async () => {
  await rm(model, { recursive: true });
  await expect(build(settings())).rejects.toThrow(/bundle\.json cannot be read\. .*npx nx run exporter:export/);
});

test('fails the build for a bundle.json that is no JSON', async () => {
  await writeFile(join(model, 'bundle.json'), '{');
  await expect(build(settings())).rejects.toThrow('bundle.json is not JSON');
});

test.each(['model.onnx', 'model.int8.onnx'])(
  'fails the build for a %s that is not the published file',
  async (file) => {
    await writeFile(join(model, file), 'other bytes');
    await expect(build(settings())).rejects.toThrow(`${file} of digits`);
  },
);

test('does without a model in 8-bit integers where the bundle has none', async () => {
  const { int8, ...bundle } = JSON.parse(await readFile(join(model, 'bundle.json'), 'utf8'));
  await writeFile(join(model, 'bundle.json'), JSON.stringify(bundle));
  await build(settings());
  expect((await readdir(join(root, 'dist/model'))).sort()).toEqual(['bundle.json', 'model.onnx']);
});

test('serves the same files while developing, as they are at that moment', async () => {
  const server = await createServer({ ...settings(), server: { host: '127.0.0.1', port: 0, ws: false } });
  try {
    await server.listen();
    const url = new URL('model/', server.resolvedUrls!.local[0]);
    const get = (path: string) => fetch(new URL(path, url));
    expect(await (await get('bundle.json')).json()).toMatchObject({ name: 'digits' });
    expect((await (await get('model.onnx')).arrayBuffer()).byteLength).toBe(
      (await readFile(join(model, 'model.onnx'))).length,
    );
    expect((await get('README.md')).status).toBe(404);
    const bundle = JSON.parse(await readFile(join(model, 'bundle.json'), 'utf8'));
    await writeFile(join(model, 'bundle.json'), JSON.stringify({ ...bundle, version: '9.9.9' }));
    expect(await (await get('bundle.json')).json()).toMatchObject({ version: '9.9.9' });
  } finally {
    await server.close();
  }
});
