import { Problem } from '@mnist-edge/recognizer';

/** What TensorFlow and JavaScript say when there is no room for a tensor. */
const SIGNS =
  /Invalid TF_Status: 8\b|OOM when allocating|RESOURCE_EXHAUSTED|failed to allocate|Array buffer allocation failed/i;

/** A Problem with the way out, where an error of a step says that memory ran out; else the error itself. */
export function describeOutOfMemory(error: unknown, batchSize: number): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (!SIGNS.test(message)) return error;
  return new Problem(
    `Memory ran out at ${batchSize} images a step. Train with fewer, such as --batch-size ${Math.max(1, batchSize >> 1)}, ` +
      'or close other programs. What earlier epochs learned is kept in the run folder.',
    { cause: error },
  );
}
