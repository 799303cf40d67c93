import { type Bundle, createRecognizer, PIXELS, Problem, toTensor } from '@mnist-edge/recognizer';
import * as ort from 'onnxruntime-node';

/** How far the ONNX model's logits may be from the trainer's, in logits. */
export const TOLERANCE = 1e-4;
/** The images that are compared, from the first on. */
export const CHECKED = 64;
/** Two batch sizes, so that a batch axis that is fixed after all is noticed. */
const BATCHES = [1, CHECKED] as const;

export interface Reference {
  /** Images of 784 bytes each, one after another; `CHECKED` at least. */
  readonly images: Uint8Array;
  /** The trainer's logits for them, `[images, classes]`, flat. */
  readonly logits: Float32Array;
}

/**
 * Runs the ONNX file in onnxruntime and compares it with the trainer.
 * @returns the largest difference of a logit
 * @throws {Problem} with the numbers when a logit is off by more than 1e-4, or a name or shape is not the contract's
 */
export async function checkOnnx(path: string, bundle: Bundle, reference: Reference): Promise<number> {
  const session = await ort.InferenceSession.create(path);
  try {
    checkNames('input', session.inputNames, [bundle.input.name]);
    checkNames('output', session.outputNames, Object.values(bundle.outputs));
    const recognizer = createRecognizer(ort, session, bundle);
    const classes = bundle.labels.length;
    let largest = 0;
    for (const batch of BATCHES) {
      const logits = await recognizer.logits(toTensor(reference.images.subarray(0, batch * PIXELS)));
      for (let i = 0; i < batch * classes; i++) {
        const difference = Math.abs(logits[i]! - reference.logits[i]!);
        // NaN must not pass, hence not(≤).
        if (!(difference <= TOLERANCE)) throw offBy(i, classes, logits[i]!, reference.logits[i]!);
        largest = Math.max(largest, difference);
      }
    }
    return largest;
  } finally {
    await session.release();
  }
}

function checkNames(what: string, found: readonly string[], expected: readonly string[]): void {
  if (found.join() !== expected.join()) {
    throw new Problem(
      `The ONNX model's ${what}s are [${found.join(', ')}]; the contract says [${expected.join(', ')}].`,
    );
  }
}

function offBy(index: number, classes: number, found: number, expected: number): Problem {
  return new Problem(
    `The ONNX model does not reproduce the trainer: image ${Math.floor(index / classes)}, class ${index % classes}: logit ${found} ` +
      `instead of ${expected}, off by ${Math.abs(found - expected)} where ${TOLERANCE} is allowed. Nothing was exported.`,
  );
}
