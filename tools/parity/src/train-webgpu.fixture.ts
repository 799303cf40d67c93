import { startBackend, trainRun } from '@mnist-edge/trainer';

/** Trains what the first argument says through WebGPU, in a process of its own: its environment says on which GPU. */
const request = JSON.parse(process.argv[2]!);
await trainRun({ ...request, backend: await startBackend('webgpu') });
