import { parentPort, workerData } from 'node:worker_threads';
import { createRandom, type Split } from '@mnist-edge/data';
import { type Batch, type BatchPlan, drawBatches } from './draw-batches.ts';

/** What the thread is started with. */
export interface BatchWork {
  readonly split: Split;
  readonly plan: BatchPlan;
  /** State of the run's random numbers before the first batch. */
  readonly random: readonly number[];
  /** Numbers that the net itself draws for each image of a batch, after the batch was drawn and before the next. */
  readonly drawsPerImage: number;
}

/** A batch and the state of the run's random numbers around its drawing. */
export interface DrawnBatch extends Batch {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The thread: each message asks for one more batch. It ends when whoever started it ends it. */
const { split, plan, random: state, drawsPerImage }: BatchWork = workerData;
const random = createRandom(0, state);
const batches = drawBatches(split, plan, random);
parentPort!.on('message', () => {
  const before = random.state();
  const drawn = batches.next();
  if (drawn.done === true) return;
  const { images, labels } = drawn.value;
  // Counted before the batch is handed over, for its arrays are empty here from then on.
  const drawsOfNet = labels.length * drawsPerImage;
  const message: DrawnBatch = { images, labels, before, after: random.state() };
  parentPort!.postMessage(message, [images.buffer, labels.buffer]);
  // The net's numbers come from the same sequence, on the other thread; here they are passed over.
  for (let i = 0; i < drawsOfNet; i++) random.next();
});
