import { createRandom, type Split } from '@mnist-edge/data';
import { PIXELS, Problem } from '@mnist-edge/recognizer';

/** Sets the order of the images apart from all else that follows from a run's seed. */
const STREAM = 0x9e3779b9;

/**
 * The first `perClass` images of each class in an order that follows from the seed alone, whatever the net: two runs of
 * one seed see the same images, and a smaller number of them is part of a larger one.
 * @param perClass from 1 to the number of images of the rarest class
 * @param labels names of the classes
 * @throws {Problem} naming the class that has fewer images
 */
export function takePerClass(split: Split, perClass: number, seed: number, labels: readonly string[]): Split {
  const order = Uint32Array.from({ length: split.count }, (_, i) => i);
  createRandom((seed ^ STREAM) >>> 0).shuffle(order);
  const taken = labels.map(() => 0);
  const indices = order.filter((index) => taken[split.labels[index]!]!++ < perClass);
  const counts = taken.map((count, label) => ({ count, name: labels[label]! }));
  const rarest = counts.reduce((a, b) => (b.count < a.count ? b : a));
  if (rarest.count < perClass) {
    throw new Problem(
      `--per-class ${perClass}: the training split has only ${rarest.count} images of the class "${rarest.name}". ` +
        (rarest.count > 0
          ? `Give a whole number from 1 to ${rarest.count}.`
          : 'Leave the option out, or prepare a dataset with images of every class.'),
    );
  }
  const images = new Uint8Array(indices.length * PIXELS);
  indices.forEach((index, i) => {
    images.set(split.images.subarray(index * PIXELS, (index + 1) * PIXELS), i * PIXELS);
  });
  return { count: indices.length, images, labels: Uint8Array.from(indices, (index) => split.labels[index]!) };
}
