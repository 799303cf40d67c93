import { augmentation, drawNonDigit, type Random, type Split } from '@mnist-edge/data';
import { PIXELS, toTensor } from '@mnist-edge/recognizer';
import { NO_CLASS } from '../outliers.ts';

/** What a step learns from. */
export interface Batch {
  /** `[batch, 28, 28, 1]` in 0..1, flat. */
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

export interface BatchPlan {
  readonly batchSize: number;
  /** Passes over the split that are left. */
  readonly epochs: number;
  /** As `augmentation` of packages/data reads it. */
  readonly augment: string;
  /** Images of no class among the others of each epoch, other ones each time: learned by heart, they would teach little. */
  readonly outliers: number;
}

/**
 * The batches of a run in their order, epoch after epoch, the last of each as small as it comes. A batch is drawn when it
 * is asked for: shuffling (before an epoch's first), drawing and augmenting take their numbers from `random` then, not before.
 * @param reuse whether a batch may be written over the one before, as long as it is
 */
export function* drawBatches(
  split: Split,
  plan: BatchPlan,
  random: Random,
  reuse = false,
): Generator<Batch, void, undefined> {
  const augment = augmentation(plan.augment);
  const count = split.count + plan.outliers;
  let batch: { bytes: Uint8Array; images: Float32Array<ArrayBuffer>; labels: Int32Array<ArrayBuffer> } | undefined;
  for (let epoch = 0; epoch < plan.epochs; epoch++) {
    // From the same order each time, so that an epoch depends on the state of the random numbers alone.
    const order = random.shuffle(Uint32Array.from({ length: count }, (_, i) => i));
    for (let first = 0; first < count; first += plan.batchSize) {
      const indices = order.subarray(first, first + plan.batchSize);
      if (!reuse || batch?.labels.length !== indices.length) batch = emptyBatch(indices.length);
      const { bytes, images, labels } = batch;
      indices.forEach((index, i) => {
        const outlier = index >= split.count;
        const image = outlier ? drawNonDigit(random) : split.images.subarray(index * PIXELS, (index + 1) * PIXELS);
        bytes.set(image, i * PIXELS);
        labels[i] = outlier ? NO_CLASS : split.labels[index]!;
      });
      augment?.(bytes, random);
      toTensor(bytes, images);
      yield { images, labels };
    }
  }
}

function emptyBatch(count: number) {
  const pixels = count * PIXELS;
  return { bytes: new Uint8Array(pixels), images: new Float32Array(pixels), labels: new Int32Array(count) };
}
