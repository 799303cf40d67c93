import { Problem } from '@mnist-edge/recognizer';

/** What TensorFlow, JavaScript and WebGPU say when there is no room for a tensor. */
const SIGNS =
  /Invalid TF_Status: 8\b|OOM when allocating|RESOURCE_EXHAUSTED|failed to allocate|Array buffer allocation failed|out of memory|exceeds the max buffer size/i;

/**
 * A Problem with the way out, where an error of training says that memory ran out; else the error itself.
 * @param kept whether earlier epochs are in the run folder
 */
export function describeOutOfMemory(error: unknown, batchSize: number, kept: boolean): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (!SIGNS.test(message)) return error;
  return new Problem(
    `Memory ran out at ${batchSize} images a step. Train with fewer, such as --batch-size ${Math.max(1, batchSize >> 1)}, ` +
      `or close other programs${kept ? ' and go on with what earlier epochs learned: --resume' : ''}.`,
    { cause: error },
  );
}
