import type { EngineImage } from '../engine-image.ts';
import { fetchModule, folderOf } from '../runtime.ts';
import type { FoundEngine, KeptEngine } from './kept-engine.ts';

/*
 * `web:trim` starts an engine, opens the build's own model in it, and keeps what the memory came to: so a first visit goes on
 * from there, as a second one does from an engine that was kept, and opens no model. The memory is a section of a module of
 * WebAssembly that has nothing else, because hosts compress those, and not what they do not know. Vite copies the file into the
 * build and puts its address here.
 */
const memory = new URL('../../trim/dist/engine.wasm', import.meta.url).href;
/** What has only the functions that are called from there on. */
export const resumingRuntime = new URL('../../trim/dist/onnxruntime-resuming.wasm', import.meta.url).href;

/** What the build knows of the engine that it started, beside its memory. */
export type StartedEngine = Omit<KeptEngine, 'image' | 'wasm'> & { readonly image: Omit<EngineImage, 'memory'> };

/**
 * The engine that the build started for its own model in float32, which lies beside it and may be another by now, as its hash
 * tells; null for models elsewhere, and while the page is developed.
 */
export function startedEngine(modelUrl: string): FoundEngine | null {
  if (BUILT === null || folderOf(modelUrl).href !== new URL(BUILT.model, import.meta.url).href) return null;
  const { image, ...rest } = BUILT.engine;
  return { ...rest, wasm: resumingRuntime, image: async () => ({ ...image, memory: await fetchMemory() }) };
}

async function fetchMemory(): Promise<Uint8Array<ArrayBuffer>> {
  const [section] = WebAssembly.Module.customSections(await fetchModule(memory), 'memory');
  return new Uint8Array(section!);
}
