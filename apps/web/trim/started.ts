import type { Bundle } from '@mnist-edge/recognizer';
import { startEngine } from '../src/engine.ts';
import { withoutConstants } from '../src/engine-image.ts';
import { asOpened } from '../src/worker/as-opened.ts';
import { answerTo } from '../src/worker/kept-engine.ts';
import type { StartedEngine } from '../src/worker/started-engine.ts';

/**
 * Starts an engine and opens a model in it, for others to go on from.
 * @param wasm onnxruntime's `.wasm` file
 * @param file a name of the bundle
 * @param bytes an ONNX file
 */
export async function started(
  wasm: Uint8Array<ArrayBuffer>,
  bundle: Bundle,
  file: string,
  bytes: Uint8Array,
): Promise<{ engine: StartedEngine; memory: Uint8Array<ArrayBuffer> }> {
  let whole: WebAssembly.Memory | undefined;
  let before = new Uint8Array();
  const module = await WebAssembly.compile(wasm);
  const engine = await nameless(() =>
    startEngine(module, ({ exports }, imports) => {
      const all = [exports, ...Object.values(imports)].flatMap((names) => Object.values(names));
      whole = all.find((each) => each instanceof WebAssembly.Memory);
      before = new Uint8Array(whole!.buffer).slice();
    }),
  );
  const { model, ...names } = asOpened(bytes, bundle);
  const session = engine.open(model);
  const { session: handle } = session.image()!;
  const { memory, ...image } = withoutConstants(new Uint8Array(whole!.buffer), before);
  // Only now: what a run leaves behind is not needed.
  const probe = { input: bundle.input.name, output: bundle.outputs.logits };
  const answer = await answerTo(probe, session);
  const { sha256 } = bundle.files[file]!;
  return { engine: { ...names, sha256, image: { ...image, session: handle }, probe, answer }, memory };
}

/** Hides which script is running: Emscripten writes its path into the memory, which is for all to see. */
async function nameless<Value>(work: () => Promise<Value>): Promise<Value> {
  const { argv } = process;
  process.argv = argv.slice(0, 1);
  try {
    return await work();
  } finally {
    process.argv = argv;
  }
}
