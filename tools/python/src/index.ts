export { type NativeBinding, nativeBinding } from './binding.ts';
export { findChromium } from './chromium.ts';
export { type Build, pythonTool } from './environment.ts';
export { findGpus } from './gpu.ts';
export { environmentPython, thisCheckout } from './place.ts';
export { type SetupOptions, setup } from './setup.ts';
export { softwareGpu, webGpuDrivers } from './webgpu.ts';
