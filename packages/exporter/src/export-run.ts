import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readSplit } from '@mnist-edge/data';
import { type Bundle, GOLDEN_FILE, Problem, parseBundle } from '@mnist-edge/recognizer';
import { chooseThreshold, fitTemperature, predict, type Run, readRun } from '@mnist-edge/trainer';
import { type BundleFiles, listFiles, writeBundle } from './bundle-folder.ts';
import { CHECKED, checkOnnx } from './check.ts';
import { chooseRejection } from './choose-rejection.ts';
import { convert, type OnnxReport } from './convert.ts';
import { goldenExamples } from './golden-examples.ts';
import { modelGraph, names } from './model-graph.ts';
import { quantize, scoreOnnx } from './quantize.ts';

const INT8_FILE = 'model.int8.onnx';
/** Validation accuracy that the 8-bit model may lose, as a share; one that loses more is left out. */
const MOST_LOST = 0.002;

export interface ExportRequest {
  /** A run's folder. */
  readonly run: string;
  /** The folder that holds the dataset's folder. */
  readonly datasets: string;
  /** Where the bundle goes; what was there is replaced when all is checked. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly onStep?: (step: string) => void;
}

export interface Exported {
  readonly bundle: Bundle;
  readonly onnx: OnnxReport;
  /** Between onnxruntime's logits and the trainer's, on validation images. */
  readonly largestDifference: number;
}

/**
 * Makes a model bundle of a run. The backend must have been started.
 * @throws {Problem} when the run cannot be read, the net cannot be exported, or the ONNX model does not reproduce the
 *   trainer's logits; nothing is written then
 */
export async function exportRun(request: ExportRequest): Promise<Exported> {
  const step = request.onStep ?? (() => undefined);
  const run = await readRun(request.run);
  const dataset = join(request.datasets, run.config.dataset);
  const validation = await readSplit(dataset, 'validation');
  if (validation.count < CHECKED) {
    throw new Problem(
      `The validation split of ${run.config.dataset} has ${validation.count} images; ${CHECKED} are needed to check an export.`,
    );
  }
  const scratch = await mkdtemp(join(tmpdir(), 'mnist-edge-export-'));
  const model = await run.openModel();
  try {
    step('calibrating on the validation split');
    const answers = { logits: await predict(model, validation.images), labels: validation.labels };
    const temperature = fitTemperature(answers);
    const rejectionThreshold = chooseThreshold(answers, temperature);
    const rejection = chooseRejection(answers.logits, run.result.dataset.labels.length);
    step('converting with tf2onnx');
    const path = join(scratch, 'model.onnx');
    const metadata = describeInFile(request, run, temperature, rejectionThreshold);
    const onnx = await convert(modelGraph(model, temperature), scratch, path, metadata);
    step('comparing with the trainer');
    const files: BundleFiles = {
      'model.onnx': await readFile(path),
      'tfjs/model.json': await readFile(join(run.folder, 'model', 'model.json')),
      'tfjs/weights.bin': await readFile(join(run.folder, 'model', 'weights.bin')),
      [GOLDEN_FILE]: await goldenExamples(model),
    };
    const bundle = describe(request, run, { temperature, rejectionThreshold, rejection }, files);
    const reference = { images: validation.images, logits: answers.logits };
    const largestDifference = await checkOnnx(path, bundle, reference);
    step('quantizing to int8');
    const small = join(scratch, INT8_FILE);
    await quantize(path, scratch, small, await readSplit(dataset, 'train'));
    const splits = [validation, await readSplit(dataset, 'test')];
    const [onValidation, onTest] = await scoreOnnx(small, bundle, splits);
    const whole = withInt8(bundle, files, await readFile(small), { validation: onValidation!, test: onTest! });
    await writeBundle(request.folder, whole.bundle, whole.files);
    return { bundle: whole.bundle, onnx, largestDifference };
  } finally {
    model.dispose();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The bundle with the 8-bit model in it, where that does as well; without it, where it does not. */
function withInt8(
  bundle: Bundle,
  files: BundleFiles,
  bytes: Uint8Array,
  metrics: Bundle['metrics'],
): { bundle: Bundle; files: BundleFiles } {
  if (bundle.metrics.validation.accuracy - metrics.validation.accuracy > MOST_LOST) return { bundle, files };
  const all = { ...files, [INT8_FILE]: bytes };
  return { bundle: parseBundle({ ...bundle, files: listFiles(all), int8: { model: INT8_FILE, metrics } }), files: all };
}

/** What the ONNX file says about itself, so that it explains itself where the bundle is not at hand. */
function describeInFile(
  request: ExportRequest,
  run: Run,
  temperature: number,
  threshold: number,
): Record<string, string> {
  return {
    name: request.name,
    version: request.version,
    labels: JSON.stringify(run.result.dataset.labels),
    preprocessing:
      'mnist: the box of the ink scaled to 20x20 and centred by its centre of mass in 28x28; grey 0..1, ink bright on 0',
    temperature: String(temperature),
    rejectionThreshold: String(threshold),
    dataset: run.config.dataset,
    architecture: run.config.model,
  };
}

function describe(
  request: ExportRequest,
  run: Run,
  decided: Required<Pick<Bundle, 'temperature' | 'rejectionThreshold' | 'rejection'>>,
  files: BundleFiles,
): Bundle {
  const { config, result } = run;
  return parseBundle({
    schemaVersion: 1,
    name: request.name,
    version: request.version,
    description: `${config.model}, trained on ${result.dataset.description}`,
    input: {
      name: names.input,
      dtype: 'float32',
      shape: ['batch', 28, 28, 1],
      range: [0, 1],
      preprocessing: 'mnist',
    },
    outputs: { logits: names.logits, probabilities: names.probabilities },
    labels: result.dataset.labels,
    ...decided,
    files: listFiles(files),
    model: 'model.onnx',
    training: {
      run: basename(run.folder),
      architecture: config.model,
      parameters: result.parameters,
      config,
      seed: config.seed,
      dataset: { name: result.dataset.name, sha256: result.dataset.sha256 },
      seconds: result.seconds,
      machine: result.machine,
    },
    metrics: { validation: result.validation, test: result.test },
    tools: { ...result.versions, backend: result.backend },
  } satisfies Record<Exclude<keyof Bundle, 'int8'>, unknown>);
}
