import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findWebGpu, softwareGpu, webGpuDrivers } from './webgpu.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tools-webgpu-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a GPU whose driver is not there is said with the packages that have one', () => {
  const attempt = () => findWebGpu({ ...process.env, VK_DRIVER_FILES: join(folder, 'none.json') });
  if (process.platform === 'linux') expect(attempt).toThrow(/no GPU answers\..*apt install libvulkan1/);
  expect(webGpuDrivers('linux')).toMatch(/mesa-vulkan-drivers/);
  expect(webGpuDrivers('darwin')).toBe('');
});

test("a GPU in software is found beside Chromium, or in its usual homes where Chromium's command is a script", async () => {
  const [beside, home] = [join(folder, 'beside'), join(folder, 'home')];
  for (const place of [beside, home]) await mkdir(place);
  const chromium = join(beside, 'chromium');
  await writeFile(chromium, '');
  await chmod(chromium, 0o755);
  expect(() => softwareGpu(chromium, [home])).toThrow(/without SwiftShader.*beside, .*home/);
  await writeFile(join(home, 'vk_swiftshader_icd.json'), '{}');
  expect(softwareGpu(chromium, [home])).toEqual({
    VK_DRIVER_FILES: join(home, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: home,
  });
  await writeFile(join(beside, 'vk_swiftshader_icd.json'), '{}');
  expect(softwareGpu(chromium, [home])).toMatchObject({ LD_LIBRARY_PATH: beside });
});
