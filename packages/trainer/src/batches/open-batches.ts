import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Random, Split } from '@mnist-edge/data';
import type { BatchWork, DrawnBatch } from './batch-worker.ts';
import { type Batch, type BatchPlan, drawBatches } from './draw-batches.ts';

/**
 * Batches that are made beyond the one that is learned from: enough that neither a shuffle nor a garbage collection is
 * waited for, and few enough (0.4 MB each at 128 images) that nobody notices them.
 */
const AHEAD = 8;

/** The batches of a run in their order. */
export interface Batches {
  /** The next one; must not be called after the last, nor again before it has answered. */
  next(): Promise<Batch>;
  /** Frees the thread, if there is one. */
  close(): Promise<void>;
}

/**
 * Opens the batches that `drawBatches` draws. With an augmentation or images to draw, a thread of its own draws them ahead of the training,
 * from the very sequence of random numbers that would be drawn here: `random` is set, batch by batch, to where it would
 * stand. So the batches, the dropout masks and the state at the end of an epoch are the same with the thread or without.
 * @param random the run's random numbers; between two batches, the net takes its own from it
 * @param drawsPerImage how many numbers that is, for each image of a batch
 * @param reuse whether a batch is used up when the next one is asked for, and may be written over
 */
export function openBatches(
  split: Split,
  plan: BatchPlan,
  random: Random,
  drawsPerImage: number,
  reuse = false,
): Batches {
  // Gathering alone takes less than the message that would bring it.
  if (plan.augment === 'none' && plan.outliers === 0) return openHere(drawBatches(split, plan, random, reuse));
  return openThread({ split, plan, random: random.state(), drawsPerImage }, random);
}

function openHere(batches: Generator<Batch, void, undefined>): Batches {
  return {
    async next() {
      const drawn = batches.next();
      if (drawn.done === true) throw new Error('There is no batch after the last');
      return drawn.value;
    },
    close: async () => undefined,
  };
}

function openThread(work: BatchWork, random: Random): Batches {
  // The flags of this process, which may be a test runner's, are nothing to the thread.
  const worker = new Worker(new URL('./batch-worker.mjs', import.meta.url), { workerData: work, execArgv: [] });
  const ready: DrawnBatch[] = [];
  let waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    waiting?.reject(failure);
  };
  worker.on('message', (batch: DrawnBatch) => {
    ready.push(batch);
    waiting?.resolve();
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('The thread that draws batches has ended before its time')));
  // It keeps the process alive only while it is waited for: whoever forgets to close it leaves nothing hanging.
  worker.unref();
  for (let i = 0; i <= AHEAD; i++) worker.postMessage('draw');
  return {
    async next() {
      if (ready.length === 0) {
        worker.ref();
        await new Promise<void>((resolve, reject) => {
          waiting = { resolve, reject };
          if (failure !== undefined) reject(failure);
        }).finally(() => {
          waiting = undefined;
          worker.unref();
        });
      }
      const { before, after, ...batch } = ready.shift()!;
      worker.postMessage('draw');
      if (!isDeepStrictEqual(random.state(), before)) {
        throw new Error('The net drew other random numbers than the thread that draws batches passed over');
      }
      random.restore(after);
      return batch;
    },
    async close() {
      await worker.terminate();
    },
  };
}
