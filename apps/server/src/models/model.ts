import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSystemError } from '@mnist-edge/command';
import {
  type Bundle,
  checkGolden,
  createRecognizer,
  GOLDEN_FILE,
  type Golden,
  type LastLayerTensors,
  type OrtSession,
  type OrtTensor,
  PIXELS,
  Problem,
  parseBundle,
  parseGolden,
  type Recognizer,
  SIDE,
  topK,
  toTensor,
  verifyFile,
} from '@mnist-edge/recognizer';
import { InferenceSession } from 'onnxruntime-node';
import type { Precision } from '../settings.ts';
import { type Batch, type Batcher, type BatcherOptions, createBatcher, type Run } from './batcher.ts';
import { createInspector } from './inspector.ts';
import { openDirect } from './session.ts';

/**
 * The most images in one run of the session; larger batches are cut. More at once is hardly faster (a batch of 128 in one run
 * by 1 %), but onnxruntime keeps the memory of its largest run (edge: 119 MB resident in all at 32, 121 MB at 64, 125 MB at
 * 128; a larger net of two convolutions, 98 MB at 32 and 503 MB at 1,024), and a run holds up every other request until it
 * is done.
 */
const RUN = 64;

/** A file of a bundle, as it was verified. */
export interface ModelFile {
  readonly bytes: Buffer;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A model that is loaded and has run once. */
export interface Model {
  readonly bundle: Bundle;
  /** Which of the bundle's models runs here, and its file's SHA-256. */
  readonly precision: Precision;
  readonly sha256: string;
  /** `bundle.json` and every file it lists, by path inside the bundle. */
  readonly files: ReadonlyMap<string, ModelFile>;
  readonly recognizer: Recognizer;
  /**
   * Runs the model on images `[batch, 28, 28, 1]` in 0..1, flat; requests at once share a run.
   * @param outputs names from `bundle.outputs`
   * @param deadline on `performance.now()`'s clock
   * @throws {Refusal} 503 when too many images wait, 504 when the deadline passed before the first run
   */
  infer(images: Float32Array, outputs: readonly string[], deadline?: number): Promise<Batch>;
  /** What the last layer makes of an image `[28, 28, 1]` in 0..1, flat. @throws {Problem} when it is no dense one */
  look(image: Float32Array): Promise<LastLayerTensors>;
  /** For one who would wait, before its images are read. @throws {Refusal} 503 when too many images wait */
  admit(): void;
  /** Images that wait now. */
  readonly waiting: number;
  /** Keeps the session open until the work is done, whenever the model is closed. */
  use<T>(work: () => Promise<T>): Promise<T>;
  /** Frees the session once nobody uses it; no new use may begin. */
  close(): Promise<void>;
}

export type Queueing = Pick<BatcherOptions, 'maxWaiting'> & Partial<Pick<BatcherOptions, 'onRun'>>;

/** For who runs a model by itself, without a server's requests. */
const unbounded: Queueing = { maxWaiting: Number.POSITIVE_INFINITY };

/**
 * Loads a model bundle: reads and verifies `bundle.json` and every file it lists, makes a session of one of its models,
 * holds it against the bundle's contract, runs it once so that the first request is as fast as the next, and checks
 * that it gives what it gave when it was exported, where the bundle has golden examples.
 * @param folder path of the bundle
 * @param precision which of its models
 * @throws {Problem} when the bundle is not there, not whole, or not what it says it is
 */
export async function loadModel(
  folder: string,
  queueing: (bundle: Bundle) => Queueing = () => unbounded,
  precision: Precision = 'fp32',
): Promise<Model> {
  const path = join(folder, 'bundle.json');
  const bundleBytes = await read(path);
  const bundle = parseBundle(parseJson(bundleBytes, path), path);
  const files = new Map<string, ModelFile>([['bundle.json', { bytes: bundleBytes, sha256: sha256(bundleBytes) }]]);
  for (const [name, file] of Object.entries(bundle.files)) {
    const bytes = await read(join(folder, name));
    verifyFile(bundle, name, bytes, sha256);
    files.set(name, { bytes, sha256: file.sha256 });
  }
  const name = modelOf(bundle, precision);
  const { bytes } = files.get(name)!;
  await checkSession(bytes, join(folder, name), bundle, name);
  const session = openDirect(bytes, SESSION, bundle);
  try {
    const inspector = createInspector(bytes, bundle, (further) => createSession(further, join(folder, name)));
    const model = modelOver({
      run: session.run,
      look: inspector.look,
      bundle,
      precision,
      files,
      queueing: queueing(bundle),
      release: async () => {
        session.release();
        await inspector.release();
      },
    });
    await model.recognizer.logits(new Float32Array(PIXELS));
    const golden = files.get(GOLDEN_FILE);
    if (golden !== undefined) {
      const examples = parseGolden(parseJson(golden.bytes, join(folder, GOLDEN_FILE)));
      if (precision === 'fp32') await checkGolden(examples, model.recognizer.logits);
      else await checkClasses(examples, model.recognizer.logits);
    }
    return model;
  } catch (error) {
    session.release();
    throw error;
  }
}

/** @returns the file, by its path in the bundle @throws {Problem} when the bundle has no such model */
function modelOf(bundle: Bundle, precision: Precision): string {
  if (precision === 'fp32') return bundle.model;
  if (bundle.int8 !== undefined) return bundle.int8.model;
  throw new Problem(
    `${bundle.name} ${bundle.version} has no int8 model. Run it with --precision fp32, or export it anew: npx nx run exporter:export`,
  );
}

/** Of the golden examples, whose logits are fp32's, the share that another precision must give the same class. */
const SAME_CLASS = 0.9;

/** @throws {Problem} when too many differ */
async function checkClasses({ examples }: Golden, logitsOf: (images: Float32Array) => Promise<Float32Array>) {
  let same = 0;
  for (const { image, logits } of examples) {
    const found = await logitsOf(toTensor(Buffer.from(image, 'hex')));
    if (topK(found, 1)[0] === topK(Float32Array.from(logits), 1)[0]) same++;
  }
  if (same >= SAME_CLASS * examples.length) return;
  throw new Problem(
    `Of the ${examples.length} golden examples the int8 model gives ${same} the class that the fp32 model gave; ` +
      'fewer than nine in ten. Export the model again: npx nx run exporter:export',
  );
}

/** What a model is made of. */
export interface ModelParts {
  readonly run: Run;
  readonly look: Model['look'];
  readonly bundle: Bundle;
  readonly precision: Precision;
  readonly files: ReadonlyMap<string, ModelFile>;
  readonly queueing: Queueing;
  /** Frees what runs it. */
  readonly release: () => Promise<void>;
}

/** A model over whatever runs it. */
export function modelOver({ run, look, bundle, precision, files, queueing, release }: ModelParts): Model {
  const outputs = [bundle.outputs.logits, bundle.outputs.probabilities];
  const batcher = createBatcher(run, { outputs, labels: bundle.labels.length, most: RUN, ...queueing });
  let users = 0;
  let closing: { readonly done: Promise<void>; readonly free: () => void } | null = null;
  return {
    bundle,
    precision,
    sha256: files.get(modelOf(bundle, precision))!.sha256,
    files,
    recognizer: createRecognizer({ Tensor: Images }, sharedSession(batcher, bundle), bundle),
    infer: batcher.infer,
    look,
    admit: batcher.admit,
    get waiting() {
      return batcher.waiting;
    },
    use: async (work) => {
      users++;
      try {
        return await work();
      } finally {
        users--;
        if (users === 0) closing?.free();
      }
    },
    close: () => {
      if (closing === null) {
        let free = () => {};
        const unused = new Promise<void>((resolve) => {
          free = resolve;
        });
        closing = { done: unused.then(release), free };
        if (users === 0) free();
      }
      return closing.done;
    },
  };
}

/** The recognizer's view of the model: its runs are batched with everybody's. */
function sharedSession(batcher: Batcher, bundle: Bundle): OrtSession<Images> {
  return {
    run: async (feeds, fetches) => {
      const { results } = await batcher.infer(feeds[bundle.input.name]!.data, fetches);
      const named = fetches.map((name, index) => {
        const data = results[index]!;
        return [name, { data, dims: [data.length / bundle.labels.length, bundle.labels.length] }];
      });
      return Object.fromEntries(named);
    },
  };
}

class Images implements OrtTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];

  constructor(_type: 'float32', data: Float32Array, dims: readonly number[]) {
    this.data = data;
    this.dims = dims;
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

/** One thread: at these sizes a second one costs more in waking than it saves, and requests come side by side. */
const SESSION = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;

async function createSession(bytes: Uint8Array, path: string): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, SESSION);
  } catch (error) {
    throw new Problem(`onnxruntime cannot load ${path}: ${(error as Error).message}`);
  }
}

/** Loads a model once the documented way, and holds it against the bundle's contract; that takes some ms. */
async function checkSession(bytes: Uint8Array, path: string, bundle: Bundle, file: string): Promise<void> {
  const session = await createSession(bytes, path);
  try {
    checkContract(session, bundle, file);
  } finally {
    await session.release();
  }
}

function checkContract(session: InferenceSession, bundle: Bundle, file: string): void {
  const { logits, probabilities } = bundle.outputs;
  checkTensors('input', session.inputMetadata, [bundle.input.name], [SIDE, SIDE, 1], bundle, file);
  checkTensors('output', session.outputMetadata, [logits, probabilities], [bundle.labels.length], bundle, file);
}

/** Checks that exactly the named float32 tensors are there, each with a symbolic batch axis before the given ones. */
function checkTensors(
  kind: string,
  found: readonly InferenceSession.ValueMetadata[],
  names: readonly string[],
  axes: readonly number[],
  bundle: Bundle,
  file: string,
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
      `${file} of ${bundle.name} ${bundle.version} does not keep its contract: bundle.json promises the ${kind} ` +
        `${expected.join(' and ')}; the model has ${actual.join(' and ')}.`,
    );
  }
}
