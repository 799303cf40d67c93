import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stage } from './dockerfile.ts';
import { type BuiltImage, folderBytes } from './image.ts';
import { buildOwnImage, sizesOf } from './own-image.ts';

const run = promisify(execFile);

let folder: string;
let stages: readonly Stage[];
let image: BuiltImage;
let child: ChildProcess | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-image-'));
  ({ stages, image } = await buildOwnImage(folder, () => undefined));
}, 900_000);

afterAll(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}, 120_000);

test('the image holds the server, the page, the model and the packages that it needs, and no others', async () => {
  const megabytes = (await folderBytes(image.root)) / 1e6;
  // Beside the base image. Measured: see README.md.
  expect(megabytes).toBeLessThan(120);
  const sizes = await sizesOf(image);
  for (const [part, bytes] of sizes) expect(bytes, part).toBeGreaterThan(0);
  const parts = sizes.slice(0, -1).reduce((sum, [, bytes]) => sum + bytes, 0);
  expect(parts / 1e6).toBeCloseTo(megabytes, 0);
  const page = await readdir(join(image.workdir, 'apps/web/dist'));
  expect(page).toEqual(expect.arrayContaining(['index.html', 'index.html.br']));
  const packages = await readdir(join(image.workdir, 'node_modules'));
  expect(packages.sort()).toEqual(['@img', 'detect-libc', 'onnxruntime-common', 'onnxruntime-node', 'semver', 'sharp']);
});

test('the last stage is not root, and holds nothing of a build', () => {
  const last = stages.at(-1)!;
  expect(last.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(last.steps.filter(({ kind }) => kind === 'run')).toEqual([]);
});

test('its command serves, writing nothing; its health check says so; on SIGTERM it ends with 0', async () => {
  // A file system that may not be written to; root may all the same, so what was written is looked for afterwards.
  await chmod(image.workdir, 0o555);
  const before = await folderBytes(image.root);
  const { command, healthcheck } = stages.at(-1)!;
  const env = {
    PATH: process.env.PATH,
    ...image.variables,
    HOST: '127.0.0.1',
    PORT: '43117',
    GRPC_PORT: '0',
    ADMIN_PORT: '0',
  };
  child = spawn(command![0]!, command!.slice(1), { cwd: image.workdir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    words += chunk;
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    words += chunk;
  });
  const isHealthy = () =>
    run(healthcheck![0]!, healthcheck!.slice(1), { env: { ...env } }).then(
      () => 'healthy',
      () => `unhealthy: ${words}`,
    );
  await expect.poll(isHealthy, { timeout: 60_000, interval: 500 }).toBe('healthy');

  const url = 'http://127.0.0.1:43117';
  const answer = await fetch(`${url}/v2/models/digits/infer`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      inputs: [{ name: 'image', shape: [1, 28, 28, 1], datatype: 'FP32', data: new Array(784).fill(0) }],
    }),
  });
  expect(answer.status).toBe(200);
  expect(await (await fetch(url)).text()).toMatch(/<title>.+<\/title>/);
  for (const path of ['/docs', '/docs/try.js', '/openapi.json']) expect((await fetch(url + path)).status).toBe(200);
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
  expect(await folderBytes(image.root)).toBe(before);
}, 180_000);
