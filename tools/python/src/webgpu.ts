import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import { ask, type Environment } from './child.ts';

/** Where WebGPU looks for a GPU, and what has to be there, as sentences; empty where there is nothing to install. */
export function webGpuDrivers(platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'linux') return '';
  return (
    'WebGPU reaches a GPU through Vulkan, which needs a loader and a driver. On Debian and Ubuntu: apt install libvulkan1 ' +
    'mesa-vulkan-drivers (for NVIDIA its own driver instead of Mesa); vulkaninfo --summary, of vulkan-tools, tells what is there.'
  );
}

/** In a process of its own: a driver that ends the process does not end the one that asks. */
const SCRIPT = `
  const { create } = await import('webgpu');
  const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
  const { description, vendor, architecture, isFallbackAdapter } = adapter.info;
  console.log((description || vendor + ' ' + architecture) + (isFallbackAdapter ? ' (a program that plays a GPU)' : ''));
`;

/**
 * The GPU that the trainer's `--backend webgpu` would use.
 * @throws {Problem} when there is none, with the way out
 */
export function findWebGpu(env: Environment): string {
  // This Node, and not one on PATH: the one that would train.
  const name = ask(process.execPath, ['--input-type=module', '-e', SCRIPT], env, import.meta.dirname);
  if (name !== null) return name;
  throw new Problem(`no GPU answers. ${webGpuDrivers()}`.trim());
}

/** Where Debian, Ubuntu and Google keep a Chromium whose command on PATH is a script. */
const HOMES = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/**
 * What an environment needs for Vulkan to find SwiftShader, a GPU in software that comes with every Chromium: tests train
 * on it where there is no GPU.
 * @param chromium path of a Chromium or Chrome
 * @throws {Problem} when it has none
 */
export function softwareGpu(chromium: string, homes: readonly string[] = HOMES): Environment {
  const places = [dirname(realpathSync(chromium)), ...homes];
  const home = places.find((place) => existsSync(join(place, DRIVER)));
  if (home === undefined) {
    throw new Problem(
      `${chromium} comes without SwiftShader, a GPU in software (looked for ${DRIVER} in ${places.join(', ')}). ` +
        'On Debian and Ubuntu: apt install chromium',
    );
  }
  return { VK_DRIVER_FILES: join(home, DRIVER), LD_LIBRARY_PATH: home };
}

const DRIVER = 'vk_swiftshader_icd.json';
