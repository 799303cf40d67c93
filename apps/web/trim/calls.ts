import { type Bundle, PIXELS, SIDE } from '@mnist-edge/recognizer';
import { type Engine, type EngineSession, startEngine, Tensor } from '../src/engine.ts';
import { asOpened, type TensorNames } from '../src/worker/as-opened.ts';
import { called, instrumented } from './wasm-binary.ts';

/** How many images are read at once: a number's digits, an explanation's hidden squares, and what makes memory grow. */
const BATCHES = [...Array.from({ length: 16 }, (_, i) => i + 1), 169, 500];

/** Numbers of functions. */
export interface Calls {
  /** Called when a model is opened, and asked for all that the worker asks of it. */
  readonly opening: ReadonlySet<number>;
  /** Called when another engine goes on from there. */
  readonly resuming: ReadonlySet<number>;
}

/**
 * Which of onnxruntime's functions are called for models of a bundle.
 * @param wasm onnxruntime's `.wasm` file
 * @param files ONNX files
 */
export async function calls(wasm: Uint8Array, bundle: Bundle, files: readonly Uint8Array[]): Promise<Calls> {
  const module = await WebAssembly.compile(instrumented(wasm));
  const [opening, resuming] = [new Set<number>(), new Set<number>()];
  for (const file of files) {
    const { model, ...names } = asOpened(file, bundle);
    const first = await startNoting(module);
    const session = first.engine.open(model);
    const image = session.image();
    await askAll(session, bundle, names);
    for (const number of first.called()) opening.add(number);
    if (image === null) continue;
    const second = await startNoting(module);
    await askAll(second.engine.resume(image), bundle, names);
    for (const number of second.called()) resuming.add(number);
  }
  return { opening, resuming };
}

/** An engine of an instrumented module, and which of its functions were called so far. */
export async function startNoting(
  module: WebAssembly.Module,
): Promise<{ engine: Engine; called: () => ReadonlySet<number> }> {
  let exports: WebAssembly.Exports = {};
  const engine = await startEngine(module, (instance) => {
    exports = instance.exports;
  });
  return { engine, called: () => called(exports) };
}

async function askAll(session: EngineSession, { input, outputs }: Bundle, names: TensorNames): Promise<void> {
  const { features, weights, layers } = names;
  const { logits, probabilities } = outputs;
  for (const batch of BATCHES) {
    const pixels = Float32Array.from({ length: batch * PIXELS }, (_, i) => ((i * 37) % 256) / 255);
    const image = new Tensor('float32', pixels, [batch, SIDE, SIDE, 1]);
    for (const fetches of [
      [logits],
      [logits, probabilities],
      [features, logits],
      [logits, features],
      [features, weights, logits],
      layers,
    ]) {
      await session.run({ [input.name]: image }, fetches);
    }
  }
}
