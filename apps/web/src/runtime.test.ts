import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Bundle, PIXELS, Problem } from '@mnist-edge/recognizer';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type StaticServer, serveFolder } from '../browser/static-server.ts';
import { loadRecognizer, openRecognizer } from './runtime.ts';

const built = resolve(import.meta.dirname, '../dist/model');
const wasmFile = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');

let folder: string;
let server: StaticServer;
let bundle: Bundle;
let wasm: Uint8Array<ArrayBuffer>;

/** Writes bundle.json with some of its fields changed. */
async function rewriteBundle(change: object): Promise<void> {
  await writeFile(join(folder, 'bundle.json'), JSON.stringify({ ...bundle, ...change }));
}

/** Writes other bytes in the model's place. */
async function rewriteModel(bytes: Uint8Array): Promise<void> {
  await writeFile(join(folder, bundle.model), bytes);
}

async function refusal(url: string): Promise<string> {
  const error = await loadRecognizer(url, { wasm }).then(
    () => expect.unreachable('it was loaded'),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(Problem);
  return (error as Problem).message;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-'));
  server = await serveFolder(folder);
  wasm = new Uint8Array(await readFile(wasmFile));
});

beforeEach(async () => {
  await cp(built, folder, { recursive: true });
  bundle = JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8'));
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('loadRecognizer', () => {
  // First, because onnxruntime keeps the .wasm file that it was given once.
  test('names the .wasm file that cannot be fetched, and succeeds when it can', async () => {
    const missing = new URL('ort.wasm', server.url);
    await expect(loadRecognizer(server.url, { wasm: missing })).rejects.toThrow(
      `${missing} was answered with 404. Check that the file is served there, and try again.`,
    );
    await writeFile(join(folder, 'ort.wasm'), wasm);
    const recognizer = await loadRecognizer(server.url, { wasm: missing });
    expect(recognizer.bundle).toEqual(bundle);
  });

  test('gives the same logits for images one by one and as a batch', async () => {
    const recognizer = await loadRecognizer(server.url, { wasm });
    const images = Float32Array.from({ length: 3 * PIXELS }, (_, i) => ((i * 37) % 256) / 255);
    const batch = await recognizer.logits(images);
    expect(batch).toHaveLength(3 * bundle.labels.length);
    for (let image = 0; image < 3; image++) {
      const alone = await recognizer.logits(images.slice(image * PIXELS, (image + 1) * PIXELS));
      const there = batch.subarray(image * alone.length, (image + 1) * alone.length);
      for (const [label, logit] of alone.entries()) expect(logit).toBeCloseTo(there[label]!, 4);
    }
  });

  test('takes the folder with or without its last slash', async () => {
    await cp(built, join(folder, 'model'), { recursive: true });
    expect((await loadRecognizer(`${server.url}model`, { wasm })).bundle.name).toBe(bundle.name);
  });

  test('refuses a model of other bytes, by its name and both hashes', async () => {
    const bytes = await readFile(join(folder, bundle.model));
    bytes[bytes.length - 1]! ^= 1;
    await rewriteModel(bytes);
    const message = await refusal(server.url);
    expect(message).toContain(`${bundle.model} of ${bundle.name} ${bundle.version} is not the published file`);
    expect(message).toContain(bundle.files[bundle.model]!.sha256);
    expect(message).toContain(createHash('sha256').update(bytes).digest('hex'));
  });

  test('refuses a model that arrived in part', async () => {
    const bytes = await readFile(join(folder, bundle.model));
    await rewriteModel(bytes.subarray(0, 1000));
    expect(await refusal(server.url)).toContain(`expected ${bytes.length} bytes`);
  });

  test('refuses a bundle.json that does not keep the contract, by the field', async () => {
    await rewriteBundle({ temperature: 0 });
    expect(await refusal(server.url)).toContain('bundle.json: temperature:');
    await rewriteBundle({ schemaVersion: 2 });
    expect(await refusal(server.url)).toContain('bundle.json: schemaVersion: must be 1');
  });

  test('refuses a bundle.json that is not JSON, such as a host’s own page', async () => {
    await writeFile(join(folder, 'bundle.json'), '<!doctype html>');
    expect(await refusal(server.url)).toBe(
      `${server.url}bundle.json is not JSON. Is a model bundle's folder served there?`,
    );
  });

  test('names the file that is missing, with the status', async () => {
    await rm(join(folder, bundle.model));
    expect(await refusal(server.url)).toContain(`${server.url}${bundle.model} was answered with 404.`);
    expect(await refusal(`${server.url}elsewhere/`)).toContain(
      `${server.url}elsewhere/bundle.json was answered with 404`,
    );
  });

  test('says so when the host cannot be reached', async () => {
    const gone = await serveFolder(folder);
    await gone.close();
    expect(await refusal(gone.url)).toMatch(
      /bundle\.json could not be fetched: .*Check the connection and try again\.$/,
    );
  });

  test('says what onnxruntime says of a published file that is no ONNX model', async () => {
    const bytes = new TextEncoder().encode('not a model');
    await rewriteModel(bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await rewriteBundle({ files: { ...bundle.files, [bundle.model]: { bytes: bytes.length, sha256 } } });
    expect(await refusal(server.url)).toContain(`onnxruntime-web could not open ${bundle.model} of ${bundle.name}`);
  });
});

test('openRecognizer refuses bytes that are not those of the bundle', async () => {
  await expect(openRecognizer(bundle, new Uint8Array(10), { wasm })).rejects.toThrow('is not the published file');
});
