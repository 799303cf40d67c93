import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findCudaLibraries } from './cuda.ts';

let venv: string;
let tensorflow: string;

beforeEach(async () => {
  venv = await mkdtemp(join(tmpdir(), 'tools-cuda-'));
  tensorflow = join(venv, 'lib/python3.12/site-packages/tensorflow');
});
afterEach(() => rm(venv, { recursive: true }));

async function put(folder: string, ...names: string[]): Promise<void> {
  const lib = join(venv, 'lib/python3.12/site-packages/nvidia', folder, 'lib');
  await mkdir(lib, { recursive: true });
  for (const name of names) await writeFile(join(lib, name), '');
}

async function putAll(): Promise<void> {
  await put('cuda_runtime', 'libcudart.so.12');
  await put('cublas', 'libcublas.so.12', 'libcublasLt.so.12');
  await put('cuda_cupti', 'libcupti.so.12');
  await put('cuda_nvrtc', 'libnvrtc.so.12');
  await put('cudnn', 'libcudnn.so.9.3.0');
  await put('cufft', 'libcufft.so.11');
  await put('curand', 'libcurand.so.10');
  await put('cusolver', 'libcusolver.so.11');
  await put('cusparse', 'libcusparse.so.12');
  await put('nccl', 'libnccl.so.2');
  await put('nvjitlink', 'libnvJitLink.so.12');
}

test('all libraries are there, a minor version behind the major one too', async () => {
  await putAll();
  expect(findCudaLibraries(tensorflow, [])).toBe('all 12 that TensorFlow loads');
});

test('each one that is missing is named, with its package and the command that installs it', async () => {
  await putAll();
  await rm(join(venv, 'lib/python3.12/site-packages/nvidia/cudnn'), { recursive: true });
  await rm(join(venv, 'lib/python3.12/site-packages/nvidia/cublas'), { recursive: true });
  expect(() => findCudaLibraries(tensorflow, [])).toThrow(
    'missing: libcublas.so.12 (nvidia-cublas-cu12), libcublasLt.so.12 (nvidia-cublas-cu12), libcudnn.so.9 (nvidia-cudnn-cu12). ' +
      'TensorFlow computes on the processor without them. Install what the set-up left out: ' +
      `${venv}/bin/python -m pip install nvidia-cublas-cu12 nvidia-cudnn-cu12`,
  );
});

test("a system's own library counts", async () => {
  await putAll();
  await rm(join(venv, 'lib/python3.12/site-packages/nvidia/cudnn'), { recursive: true });
  const system = join(venv, 'system');
  await mkdir(system);
  await writeFile(join(system, 'libcudnn.so.9'), '');
  expect(findCudaLibraries(tensorflow, [system])).toMatch(/^all/);
});
