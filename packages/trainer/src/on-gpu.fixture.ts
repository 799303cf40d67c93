import { native } from './native-backend.ts';

/** Takes the kernels that an NVIDIA GPU gets, and has the processor run them. */
export function withGpuKernels<T>(run: () => T): T {
  const backend = native() as { isUsingGpuDevice: boolean };
  const before = backend.isUsingGpuDevice;
  backend.isUsingGpuDevice = true;
  try {
    return run();
  } finally {
    backend.isUsingGpuDevice = before;
  }
}
