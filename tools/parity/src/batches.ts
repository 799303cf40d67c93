import { PIXELS } from '@mnist-edge/recognizer';
import { BATCH, type Timed } from './runtime.ts';

type Answer = (images: Uint8Array) => Promise<Float32Array>;

/** Runs all images in batches through `answer` and takes the time. */
export async function inBatches(images: Uint8Array, answer: Answer): Promise<Timed> {
  const parts: Float32Array[] = [];
  const started = performance.now();
  for (let first = 0; first < images.length; first += BATCH * PIXELS) {
    parts.push(await answer(images.subarray(first, first + BATCH * PIXELS)));
  }
  const seconds = (performance.now() - started) / 1000;
  const logits = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    logits.set(part, at);
    at += part.length;
  }
  return { logits, seconds };
}
