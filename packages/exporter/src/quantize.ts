import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '@mnist-edge/data';
import { type Bundle, createRecognizer, PIXELS, toTensor } from '@mnist-edge/recognizer';
import { type Score, score } from '@mnist-edge/trainer';
import * as ort from 'onnxruntime-node';
import { runPythonTool } from './python-tool.ts';

/** Training images that the ranges of the activations are taken from. */
const CALIBRATION_IMAGES = 1000;
/** Images a run when a split is scored. */
const BATCH = 500;

/**
 * Makes an 8-bit model of a finished one: weights as int8, activations as uint8 by the ranges they have on training images
 * (onnxruntime's static quantization, QDQ). Inputs and outputs stay float32 and keep their names.
 * @param source the fp32 ONNX file
 * @param folder for the intermediate file; must exist
 * @param target the ONNX file to write
 * @throws {Problem} with the tool's own last words when it refuses or is not set up
 */
export async function quantize(source: string, folder: string, target: string, training: Split): Promise<void> {
  const count = Math.min(CALIBRATION_IMAGES, training.count);
  const images = join(folder, 'calibration.f32');
  await writeFile(images, toTensor(training.images.subarray(0, count * PIXELS)));
  await runPythonTool('mnist-edge-onnx', ['quantize', '--input', source, '--output', target, '--images', images]);
}

/** How well an ONNX file does in onnxruntime, on each of the splits. */
export async function scoreOnnx(path: string, bundle: Bundle, splits: readonly Split[]): Promise<Score[]> {
  const session = await ort.InferenceSession.create(path);
  try {
    const recognizer = createRecognizer(ort, session, bundle);
    const scores: Score[] = [];
    for (const { images, labels, count } of splits) {
      const logits = new Float32Array(count * bundle.labels.length);
      for (let first = 0; first < count; first += BATCH) {
        const input = toTensor(images.subarray(first * PIXELS, (first + BATCH) * PIXELS));
        logits.set(await recognizer.logits(input), first * bundle.labels.length);
      }
      scores.push(score(logits, labels));
    }
    return scores;
  } finally {
    await session.release();
  }
}
