import {
  type Bundle,
  createRecognizer,
  Problem,
  parseBundle,
  type Recognizer,
  verifyFile,
} from '@mnist-edge/recognizer';
import { type Engine, type EngineSession, startEngine, Tensor } from './engine.ts';

export { Tensor };

/** Which of a bundle's models is run: the one in float32, or the one in 8-bit integers where the bundle has it. */
export type Precision = 'fp32' | 'int8';

export interface RuntimeOptions {
  /**
   * Where onnxruntime's `ort-wasm-simd-threaded.wasm` is, or its bytes (in Node, say, where there is nothing to fetch
   * it from). By default the copy that Vite puts into the build.
   */
  readonly wasm?: URL | string | Uint8Array<ArrayBuffer>;
  /** `fp32` unless said otherwise. */
  readonly precision?: Precision;
}

/** All of onnxruntime's WebAssembly. Vite copies the file into the build and puts its address here. */
export const wholeRuntime = new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url).href;

/**
 * Fetches a model bundle and makes a recognizer of it.
 * @param modelUrl absolute URL of the bundle's folder
 * @throws {Problem} when a file cannot be fetched, bundle.json is not valid, or the model is not the published file
 * @example
 * const recognizer = await loadRecognizer(new URL('./model/', document.baseURI));
 * const logits = await recognizer.logits(images); // [batch, 28, 28, 1] → [batch, 10], both flat
 */
export async function loadRecognizer(modelUrl: URL | string, options: RuntimeOptions = {}): Promise<Recognizer> {
  const [engine, { bundle, file, model }] = await Promise.all([startRuntime(options), fetchAll(modelUrl, options)]);
  return createRecognizer({ Tensor }, openSession(engine, bundle, file, model), bundle);
}

async function fetchAll(modelUrl: URL | string, { precision = 'fp32' }: RuntimeOptions) {
  const bundle = await fetchBundle(modelUrl);
  const file = modelFile(bundle, precision);
  return { bundle, file, model: await fetchModel(modelUrl, bundle, file) };
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
  const file = modelFile(bundle, options.precision ?? 'fp32');
  verifyFile(bundle, file, model);
  return createRecognizer({ Tensor }, openSession(await startRuntime(options), bundle, file, model), bundle);
}

/**
 * Which file of a bundle is run.
 * @throws {Problem} when the bundle has no model of that precision
 */
export function modelFile(bundle: Bundle, precision: Precision): string {
  if (precision === 'fp32') return bundle.model;
  if (bundle.int8 !== undefined) return bundle.int8.model;
  throw new Problem(
    `${bundle.name} ${bundle.version} has no int8 model, only ${bundle.model}. Ask for precision "fp32", or export a ` +
      'bundle that has both: npx nx run exporter:export',
  );
}

/**
 * A session of a model that was verified.
 * @param file its name in the bundle
 * @throws {Problem} when onnxruntime cannot read the model
 */
export function openSession(engine: Engine, bundle: Bundle, file: string, model: Uint8Array): EngineSession {
  try {
    return engine.open(model);
  } catch (error) {
    throw failure(`open ${file} of ${bundle.name} ${bundle.version}`, error);
  }
}

/**
 * Fetches onnxruntime's WebAssembly and starts it.
 * @throws {Problem} when it cannot be fetched, or does not run here
 */
export async function startRuntime({ wasm }: RuntimeOptions): Promise<Engine> {
  const source = wasm instanceof Uint8Array ? wasm : await fetched(new URL(wasm ?? wholeRuntime));
  try {
    return await startEngine(await compiled(source));
  } catch (error) {
    throw failure('start', error);
  }
}

/** @throws when it cannot be fetched, or is no module of WebAssembly */
export async function fetchModule(url: URL | string): Promise<WebAssembly.Module> {
  return compiled(await fetched(new URL(url)));
}

/** A browser compiles while the file comes in, and may keep what it compiled, where the host sends the right type. */
async function compiled(source: Uint8Array<ArrayBuffer> | Response): Promise<WebAssembly.Module> {
  if (source instanceof Uint8Array) return WebAssembly.compile(source);
  return source.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(source)
    : WebAssembly.compile(await source.arrayBuffer());
}

/** @param what it was to do, in words */
function failure(what: string, error: unknown): Problem {
  return new Problem(
    `onnxruntime-web could not ${what}: ${reason(error)} ` +
      'It needs a browser with WebAssembly SIMD, and a content security policy that allows wasm-unsafe-eval.',
    { cause: error },
  );
}

/** @throws {Problem} when bundle.json cannot be fetched or is not valid */
export async function fetchBundle(modelUrl: URL | string): Promise<Bundle> {
  const url = new URL('bundle.json', folderOf(modelUrl));
  const text = new TextDecoder().decode(await fetchBytes(url));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Problem(`${url} is not JSON. Is a model bundle's folder served there?`, { cause: error });
  }
  return parseBundle(json, url.href);
}

/** @throws {Problem} when the model cannot be fetched or is not the published file */
export async function fetchModel(modelUrl: URL | string, bundle: Bundle, file: string): Promise<Uint8Array> {
  const model = await fetchBytes(new URL(file, folderOf(modelUrl)));
  verifyFile(bundle, file, model);
  return model;
}

export function folderOf(modelUrl: URL | string): URL {
  const folder = new URL(modelUrl);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  return folder;
}

async function fetchBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetched(url);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw lost(url, error);
  }
}

async function fetched(url: URL): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => {
    throw lost(url, error);
  });
  if (response.ok) return response;
  throw new Problem(`${url} was answered with ${response.status}. Check that the file is served there, and try again.`);
}

function lost(url: URL, error: unknown): Problem {
  return new Problem(`${url} could not be fetched: ${reason(error)} Check the connection and try again.`, {
    cause: error,
  });
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
