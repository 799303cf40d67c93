import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSystemError } from '@mnist-edge/command';
import {
  type Bundle,
  createRecognizer,
  PIXELS,
  Problem,
  parseBundle,
  type Recognizer,
  SIDE,
  verifyFile,
} from '@mnist-edge/recognizer';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * The most images in one run of the session; larger batches are cut. More at once is no faster, but onnxruntime keeps
 * the memory of its largest run (98 MB resident in all at 32, 137 MB at 128, 503 MB at 1,024, for a net of two
 * convolutions), and a run holds up every other request until it is done.
 */
const RUN = 32;

/** A file of a bundle, as it was verified. */
export interface ModelFile {
  readonly bytes: Buffer;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A model that is loaded and has run once. */
export interface Model {
  readonly bundle: Bundle;
  /** SHA-256 of the fp32 model file, the one that runs here. */
  readonly sha256: string;
  /** `bundle.json` and every file it lists, by path inside the bundle. */
  readonly files: ReadonlyMap<string, ModelFile>;
  readonly recognizer: Recognizer;
  /**
   * Runs the model on images `[batch, 28, 28, 1]` in 0..1, flat.
   * @param outputs names from `bundle.outputs`
   * @returns one flat `[batch, labels]` for each name, in that order
   */
  infer(images: Float32Array, outputs: readonly string[]): Promise<readonly Float32Array[]>;
  /** Frees the session; the model is of no use afterwards. */
  close(): Promise<void>;
}

/**
 * Loads a model bundle: reads and verifies `bundle.json` and every file it lists, makes a session of the fp32 model,
 * holds it against the bundle's contract, and runs it once so that the first request is as fast as the next.
 * @param folder path of the bundle
 * @throws {Problem} when the bundle is not there, not whole, or not what it says it is
 */
export async function loadModel(folder: string): Promise<Model> {
  const path = join(folder, 'bundle.json');
  const bundleBytes = await read(path);
  const bundle = parseBundle(parseJson(bundleBytes, path), path);
  const files = new Map<string, ModelFile>([['bundle.json', { bytes: bundleBytes, sha256: sha256(bundleBytes) }]]);
  for (const [name, file] of Object.entries(bundle.files)) {
    const bytes = await read(join(folder, name));
    verifyFile(bundle, name, bytes);
    files.set(name, { bytes, sha256: file.sha256 });
  }
  const { bytes, sha256: modelSha256 } = files.get(bundle.model)!;
  const session = await createSession(bytes, join(folder, bundle.model));
  try {
    checkContract(session, bundle);
    const recognizer = createRecognizer({ Tensor }, session, bundle);
    await recognizer.logits(new Float32Array(PIXELS));
    return {
      bundle,
      sha256: modelSha256,
      files,
      recognizer,
      infer: (images, outputs) => infer(session, bundle, images, outputs),
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Problem(
        `There is no model at ${path}. Choose a bundle's folder with --model-dir, or make one: npx nx run exporter:export`,
      );
    }
    throw describeSystemError(error, `reading ${path}`);
  }
}

function parseJson(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Problem(
      `${path} is not JSON: ${(error as Error).message}. Fetch the bundle again, or export it anew: npx nx run exporter:export`,
    );
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function createSession(bytes: Uint8Array, path: string): Promise<InferenceSession> {
  try {
    // One thread: at these sizes a second one costs more in waking than it saves, and requests come side by side.
    return await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  } catch (error) {
    throw new Problem(`onnxruntime cannot load ${path}: ${(error as Error).message}`);
  }
}

function checkContract(session: InferenceSession, bundle: Bundle): void {
  const { logits, probabilities } = bundle.outputs;
  checkTensors('input', session.inputMetadata, [bundle.input.name], [SIDE, SIDE, 1], bundle);
  checkTensors('output', session.outputMetadata, [logits, probabilities], [bundle.labels.length], bundle);
}

/** Checks that exactly the named float32 tensors are there, each with a symbolic batch axis before the given ones. */
function checkTensors(
  kind: string,
  found: readonly InferenceSession.ValueMetadata[],
  names: readonly string[],
  axes: readonly number[],
  bundle: Bundle,
): void {
  const expected = names.map((name) => `${name} float32 [batch, ${axes.join(', ')}]`).sort();
  const actual = found
    .map((tensor) =>
      tensor.isTensor
        ? `${tensor.name} ${tensor.type} [${tensor.shape.map((size) => (typeof size === 'string' ? 'batch' : size)).join(', ')}]`
        : tensor.name,
    )
    .sort();
  if (expected.join() !== actual.join()) {
    throw new Problem(
      `${bundle.model} of ${bundle.name} ${bundle.version} does not keep its contract: bundle.json promises the ${kind} ` +
        `${expected.join(' and ')}; the model has ${actual.join(' and ')}.`,
    );
  }
}

async function infer(
  session: InferenceSession,
  bundle: Bundle,
  images: Float32Array,
  outputs: readonly string[],
): Promise<readonly Float32Array[]> {
  const batch = images.length / PIXELS;
  const width = bundle.labels.length;
  const results = outputs.map(() => new Float32Array(batch * width));
  for (let first = 0; first < batch; first += RUN) {
    const part = images.subarray(first * PIXELS, (first + RUN) * PIXELS);
    const input = new Tensor('float32', part, [part.length / PIXELS, SIDE, SIDE, 1]);
    const fetched = await session.run({ [bundle.input.name]: input }, outputs);
    for (const [index, name] of outputs.entries()) {
      const data = fetched[name]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`The session gave no float32 "${name}".`);
      results[index]!.set(data, first * width);
    }
  }
  return results;
}
