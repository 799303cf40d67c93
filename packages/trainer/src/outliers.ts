import { createRandom, type Split } from '@mnist-edge/data';
import { PIXELS, Problem } from '@mnist-edge/recognizer';
import { NO_CLASS } from './loss.ts';

/** Sets what is drawn apart from all else that follows from a run's seed. */
const STREAM = 0x85ebca6b;

/**
 * The split with images of no class behind it, so that a net learns to be unsure of what is none of its classes
 * (outlier exposure: Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019).
 * @param share of the split's number of images, from 0; 0 gives the split as it is
 * @param draw makes one image of 784 bytes from random numbers
 * @param classes of the dataset
 * @throws {Problem} for a dataset whose labels leave no room for a mark of no class
 */
export function withOutliers(
  split: Split,
  share: number,
  seed: number,
  classes: number,
  draw: (random: ReturnType<typeof createRandom>) => Uint8Array,
): Split {
  const outliers = Math.round(share * split.count);
  if (outliers === 0) return split;
  if (classes > NO_CLASS) {
    throw new Problem(
      `--outliers ${share}: a dataset with ${classes} classes leaves no label for images of no class. Leave the option out.`,
    );
  }
  const random = createRandom((seed ^ STREAM) >>> 0);
  const count = split.count + outliers;
  const images = new Uint8Array(count * PIXELS);
  images.set(split.images.subarray(0, split.count * PIXELS));
  for (let i = split.count; i < count; i++) images.set(draw(random), i * PIXELS);
  const labels = new Uint8Array(count).fill(NO_CLASS);
  labels.set(split.labels.subarray(0, split.count));
  return { count, images, labels };
}
