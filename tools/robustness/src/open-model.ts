import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shown } from '@mnist-edge/command';
import {
  createRecognizer,
  PIXELS,
  Problem,
  parseBundle,
  type Recognizer,
  toTensor,
  verifyFile,
} from '@mnist-edge/recognizer';
import * as ort from 'onnxruntime-node';

/** A released model, ready to answer. */
export interface OpenModel {
  readonly recognizer: Recognizer;
  /** Logits `[images, labels]`, flat, of images of 784 bytes each. */
  answer(images: Uint8Array): Promise<Float32Array>;
}

const BATCH = 250;

/**
 * Opens a bundle, its model checked against its hash.
 * @throws {Problem} when there is none, or it is damaged
 */
export async function openModel(folder: string): Promise<OpenModel> {
  const path = join(folder, 'bundle.json');
  const json = await readFile(path, 'utf8').catch(() => {
    throw new Problem(
      `No model bundle: ${shown(path)} cannot be read. Name a folder that exporter:export made: --model=…`,
    );
  });
  const bundle = parseBundle(JSON.parse(json), shown(path));
  const bytes = await readFile(join(folder, bundle.model));
  verifyFile(bundle, bundle.model, bytes);
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const recognizer = createRecognizer(ort, session, bundle);
  return {
    recognizer,
    answer: async (images) => {
      const logits = new Float32Array((images.length / PIXELS) * bundle.labels.length);
      for (let from = 0, to = 0; from < images.length; from += BATCH * PIXELS) {
        const part = await recognizer.logits(toTensor(images.subarray(from, from + BATCH * PIXELS)));
        logits.set(part, to);
        to += part.length;
      }
      return logits;
    },
  };
}
