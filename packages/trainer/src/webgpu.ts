import { Problem } from '@mnist-edge/recognizer';
import { webGpuDrivers } from '@mnist-edge/tools';
import * as tf from '@tensorflow/tfjs';

/** The GPU that WebGPU gave. */
export interface Gpu {
  /** As its driver calls it: "AMD Radeon RX 6600 (RADV NAVI23)". */
  readonly name: string;
  /** True when a program on the processor plays the GPU. */
  readonly software: boolean;
}

const WAY_OUT = 'Or train on the processor, or on an NVIDIA GPU through CUDA: --backend tensorflow';

/**
 * Makes tfjs compute with WebGPU, through Dawn, Chromium's own: Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows.
 * What a tensor holds can only be waited for there: `await tensor.data()`.
 * @throws {Problem} when there is no Dawn for this machine, or no GPU answers, with the way out
 */
export async function startWebGpu(): Promise<Gpu> {
  // Before there is a GPU, else tfjs would register a backend of its own, which does not say what goes wrong on the GPU.
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const adapter = await requestAdapter();
  const { features, limits, info } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, limits[limit]])),
  });

  /** WebGPU tells of what failed beside the calls that failed: what is read after it would be wrong. */
  class ListeningBackend extends WebGPUBackend {
    private failure: Error | undefined;

    listen(): this {
      device.addEventListener('uncapturederror', ({ error }) => {
        this.failure ??= new Error(`The GPU refused: ${error.message}`);
      });
      void device.lost.then(({ reason, message }) => {
        if (reason !== 'destroyed') this.failure ??= new Error(`The GPU was lost: ${message}`);
      });
      return this;
    }

    override async read(dataId: object) {
      const values = await super.read(dataId).catch((error: unknown) => {
        throw this.failure ?? error;
      });
      if (this.failure !== undefined) throw this.failure;
      return values;
    }
  }

  tf.registerBackend('webgpu', () => new ListeningBackend(device, info).listen());
  await tf.setBackend('webgpu');
  return { name: info.description || `${info.vendor} ${info.architecture}`.trim(), software: info.isFallbackAdapter };
}

/** What tfjs asks for: WebGPU gives the least that all GPUs have unless it is asked for more. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

async function requestAdapter(): Promise<GPUAdapter> {
  const { create, globals } = await import('webgpu').catch((error: unknown) => {
    throw new Problem(
      `--backend webgpu: there is no WebGPU for ${process.platform} ${process.arch}: ` +
        `${error instanceof Error ? error.message : error}. ${WAY_OUT}`,
      { cause: error },
    );
  });
  const gpu = create([]);
  // tfjs looks for them where a browser has them.
  Object.assign(globalThis, globals);
  // Node has a navigator since its version 21.
  const { navigator = {} } = globalThis as { navigator?: object };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter !== null) return adapter;
  throw new Problem(`--backend webgpu: no GPU was found. ${webGpuDrivers()} ${WAY_OUT}`);
}
