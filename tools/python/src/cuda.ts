import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';

/**
 * What TensorFlow 2.21 loads when it finds a GPU: the folder under site-packages/nvidia, the library's name up to its major
 * version, and the package of PyPI that holds it, as tensorflow[and-cuda] asks for it.
 */
const libraries = [
  ['cuda_runtime', 'libcudart.so.12', 'nvidia-cuda-runtime-cu12'],
  ['cublas', 'libcublas.so.12', 'nvidia-cublas-cu12'],
  ['cublas', 'libcublasLt.so.12', 'nvidia-cublas-cu12'],
  ['cuda_cupti', 'libcupti.so.12', 'nvidia-cuda-cupti-cu12'],
  ['cuda_nvrtc', 'libnvrtc.so.12', 'nvidia-cuda-nvrtc-cu12'],
  ['cudnn', 'libcudnn.so.9', 'nvidia-cudnn-cu12'],
  ['cufft', 'libcufft.so.11', 'nvidia-cufft-cu12'],
  ['curand', 'libcurand.so.10', 'nvidia-curand-cu12'],
  ['cusolver', 'libcusolver.so.11', 'nvidia-cusolver-cu12'],
  ['cusparse', 'libcusparse.so.12', 'nvidia-cusparse-cu12'],
  ['nccl', 'libnccl.so.2', 'nvidia-nccl-cu12'],
  ['nvjitlink', 'libnvJitLink.so.12', 'nvidia-nvjitlink-cu12'],
] as const;

/** Where a system's own CUDA lies: TensorFlow finds it there too. */
const SYSTEM = ['/usr/lib/x86_64-linux-gnu', '/usr/local/cuda/lib64'];

/**
 * Says that every CUDA library is there which TensorFlow's CUDA build loads.
 * @param tensorflow the folder of the TensorFlow that is linked; NVIDIA's packages lie beside it
 * @param system folders of the system's libraries
 * @throws {Problem} naming each library that is missing and the package that has it
 */
export function findCudaLibraries(tensorflow: string, system: readonly string[] = SYSTEM): string {
  const missing = libraries.filter(([folder, name]) => {
    const places = [join(dirname(tensorflow), 'nvidia', folder, 'lib'), ...system];
    return !places.some((place) => holds(place, name));
  });
  if (missing.length === 0) return `all ${libraries.length} that TensorFlow loads`;
  const list = missing.map(([, name, packageName]) => `${name} (${packageName})`).join(', ');
  const packages = [...new Set(missing.map(([, , packageName]) => packageName))].join(' ');
  throw new Problem(
    `missing: ${list}. TensorFlow computes on the processor without them. ` +
      `Install what the set-up left out: ${join(dirname(dirname(dirname(dirname(tensorflow)))), 'bin/python')} -m pip install ${packages}`,
  );
}

/** Libraries carry their minor version behind the major one. */
function holds(folder: string, name: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((file) => file === name || file.startsWith(`${name}.`));
}
