import {
  type Bundle,
  createRecognizer,
  Problem,
  parseBundle,
  type Recognizer,
  verifyFile,
} from '@mnist-edge/recognizer';
import * as ort from 'onnxruntime-web/wasm';

export { ort };

export interface RuntimeOptions {
  /**
   * Where onnxruntime's `ort-wasm-simd-threaded.wasm` is, or its bytes (in Node, say, where there is nothing to fetch
   * it from). By default the copy that Vite puts into the build. The first recognizer of a page decides.
   */
  readonly wasm?: URL | string | Uint8Array;
}

/**
 * Fetches a model bundle and makes a recognizer of it. The one file that knows onnxruntime-web is this one.
 * @param modelUrl absolute URL of the bundle's folder
 * @throws {Problem} when a file cannot be fetched, bundle.json is not valid, or the model is not the published file
 * @example
 * const recognizer = await loadRecognizer(new URL('./model/', document.baseURI));
 * const logits = await recognizer.logits(images); // [batch, 28, 28, 1] → [batch, 10], both flat
 */
export async function loadRecognizer(modelUrl: URL | string, options: RuntimeOptions = {}): Promise<Recognizer> {
  const { bundle, model } = await loadBundle(modelUrl, options);
  return createRecognizer(ort, await openSession(bundle, model, options), bundle);
}

/**
 * Makes a recognizer of a bundle whose bytes are at hand.
 * @param model the bytes of the file that the bundle names as its model
 * @throws {Problem} when the bytes are not the published file, or onnxruntime cannot start or read them
 */
export async function openRecognizer(
  bundle: Bundle,
  model: Uint8Array,
  options: RuntimeOptions = {},
): Promise<Recognizer> {
  verifyFile(bundle, bundle.model, model);
  return createRecognizer(ort, await openSession(bundle, model, options), bundle);
}

/**
 * A session of a model that was verified.
 * @throws {Problem} when onnxruntime cannot start or read the model
 */
export async function openSession(
  bundle: Bundle,
  model: Uint8Array,
  options: RuntimeOptions = {},
): Promise<ort.InferenceSession> {
  await provideWasm(options);
  return create(model, `open ${bundle.model} of ${bundle.name} ${bundle.version}`);
}

/** @param what it is to do, in words */
async function create(model: Uint8Array, what: string): Promise<ort.InferenceSession> {
  // More threads need a page that is cross-origin isolated, and a net this small gains nothing from them.
  ort.env.wasm.numThreads = 1;
  try {
    return await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  } catch (error) {
    throw new Problem(
      `onnxruntime-web could not ${what}: ${reason(error)} ` +
        'It needs a browser with WebAssembly SIMD, and a content security policy that allows wasm-unsafe-eval.',
      { cause: error },
    );
  }
}

/**
 * Fetches a bundle and its model, and starts the runtime meanwhile.
 * @throws {Problem} when a file cannot be fetched, bundle.json is not valid, or the model is not the published file
 */
export async function loadBundle(
  modelUrl: URL | string,
  options: RuntimeOptions,
): Promise<{ bundle: Bundle; model: Uint8Array }> {
  const folder = new URL(modelUrl);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  const [loaded] = await Promise.all([fetchBundle(folder), start(options)]);
  return loaded;
}

/** The smallest model there is, y = x, as an ONNX file in base64. */
const SMALLEST_MODEL = 'CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAN';

/**
 * Starts onnxruntime while the model is still on its way. It has no function for that, but opening any model does it.
 * @throws {Problem} when it cannot start
 */
async function start(options: RuntimeOptions): Promise<void> {
  await provideWasm(options);
  const session = await create(
    Uint8Array.from(atob(SMALLEST_MODEL), (character) => character.charCodeAt(0)),
    'start',
  );
  await session.release();
}

async function fetchBundle(folder: URL): Promise<{ bundle: Bundle; model: Uint8Array }> {
  const url = new URL('bundle.json', folder);
  const text = new TextDecoder().decode(await fetchBytes(url));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Problem(`${url} is not JSON. Is a model bundle's folder served there?`, { cause: error });
  }
  const bundle = parseBundle(json, url.href);
  const model = await fetchBytes(new URL(bundle.model, folder));
  verifyFile(bundle, bundle.model, model);
  return { bundle, model };
}

/**
 * Hands onnxruntime its .wasm file. Left to fetch it itself, onnxruntime would give up for good after one lost
 * connection; this way a second try is one.
 */
async function provideWasm({ wasm }: RuntimeOptions): Promise<void> {
  if (ort.env.wasm.wasmBinary !== undefined) return;
  // Vite sees the inner expression, copies the file into the build and puts its address there.
  const url = new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url);
  ort.env.wasm.wasmBinary = wasm instanceof Uint8Array ? wasm : await fetchBytes(new URL(wasm ?? url));
}

async function fetchBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new Problem(`${url} could not be fetched: ${reason(error)} Check the connection and try again.`, {
      cause: error,
    });
  }
  throw new Problem(`${url} was answered with ${response.status}. Check that the file is served there, and try again.`);
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
