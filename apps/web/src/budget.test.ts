import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { dist } from '../browser/site.ts';

/** The most bytes that may be sent, compressed with brotli; this project's promise. */
const SCRIPTS = 60_000;
const RUNTIME = 2_400_000;
const TRIMMED = 1_200_000;
const MODEL = 110_000;

const files = await readdir(dist, { recursive: true });
const page = await readFile(join(dist, 'index.html'), 'utf8');

/** Bytes of the build's brotli copies. */
async function sent(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(join(dist, `${path}.br`))).size));
  return sizes.reduce((a, b) => a + b, 0);
}

const named = (pattern: RegExp) => files.filter((path) => !path.startsWith('library') && pattern.test(path));

test('scripts that run before the first stroke', async () => {
  const scripts = [...page.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, path]) => path!);
  expect(scripts).not.toEqual([]);
  expect(await sent(scripts)).toBeLessThanOrEqual(SCRIPTS);
});

describe('the runtime: its WebAssembly, and the worker with all that it may ever load', () => {
  const scripts = named(/^assets\/.*\.js$/).filter((path) => !page.includes(path));
  const trimmed = named(/onnxruntime-(opening|resuming)-[^/]*\.wasm$/);
  const whole = files.filter((path) => /ort-wasm[^/]*\.wasm$/.test(path));

  test('as it goes on with the model open', async () => {
    const engine = [...trimmed.filter((path) => path.includes('resuming')), ...named(/engine-[^/]*\.wasm$/)];
    expect(engine).toHaveLength(2);
    expect(await sent([...scripts, ...engine])).toBeLessThanOrEqual(TRIMMED);
  });

  test('trimmed to the models of this build', async () => {
    expect(scripts.some((path) => path.includes('worker'))).toBe(true);
    expect(trimmed).toHaveLength(2);
    expect(await sent([...scripts, ...trimmed])).toBeLessThanOrEqual(TRIMMED);
  });

  test('whole, for other models', async () => {
    expect(whole).toHaveLength(1);
    expect(await sent([...scripts, ...whole])).toBeLessThanOrEqual(RUNTIME);
  });
});

test('either model', async () => {
  const models = named(/\.onnx$/);
  expect(models.length).toBeGreaterThan(0);
  for (const model of models) expect(await sent([model]), model).toBeLessThanOrEqual(MODEL);
});

test('the compressed copies are copies', async () => {
  const copies = named(/\.br$/).filter((path) => !path.endsWith('.wasm.br'));
  expect(copies.length).toBeGreaterThan(5);
  for (const copy of copies) {
    const whole = await promisify(brotliDecompress)(await readFile(join(dist, copy)));
    expect(whole.equals(await readFile(join(dist, copy.slice(0, -'.br'.length)))), copy).toBe(true);
  }
});
