import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import type { Augment } from './augment/augmentation.ts';
import type { Split } from './dataset.ts';
import type { Random } from './random.ts';

/** Augmented images beside each original. */
export const VARIANTS = 6;
/** Rows below one another before another block begins at the right. */
const ROWS = 8;
/** Between images that belong together, between an original and what was made of it, and between blocks; in pixels. */
const GAP = 2;
const AFTER_ORIGINAL = 6;
const BETWEEN_BLOCKS = 14;
/** Neither ink nor background: the frame of every image can be seen. */
const PAPER = 112;

/** A grey picture, a byte for each pixel. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Indices of images of a split, the classes in turn, in an order that follows from the random numbers. */
export function pickImages(split: Split, count: number, random: Random): number[] {
  const byLabel = new Map<number, number[]>();
  for (const index of random.shuffle(Uint32Array.from({ length: split.count }, (_, i) => i))) {
    const label = split.labels[index]!;
    byLabel.set(label, [...(byLabel.get(label) ?? []).slice(0, count), index]);
  }
  const classes = [...byLabel].sort(([a], [b]) => a - b).map(([, indices]) => indices);
  const rounds = Math.max(0, ...classes.map((indices) => indices.length));
  return Array.from({ length: rounds }, (_, round) => classes.flatMap((indices) => indices.slice(round, round + 1)))
    .flat()
    .slice(0, count);
}

/**
 * Originals, each at the left of a row of what the augmentation makes of it.
 * @param originals whole images of 784 bytes, one after another; at least one
 * @param augment null leaves them as they are
 */
export function previewSheet(originals: Uint8Array, augment: Augment | null, random: Random): Sheet {
  const count = originals.length / PIXELS;
  const rows = Math.min(count, ROWS);
  const blocks = Math.ceil(count / ROWS);
  const block = (VARIANTS + 1) * (SIDE + GAP) - 2 * GAP + AFTER_ORIGINAL;
  const width = blocks * (block + BETWEEN_BLOCKS) - BETWEEN_BLOCKS + 2 * AFTER_ORIGINAL;
  const height = rows * (SIDE + GAP) - GAP + 2 * AFTER_ORIGINAL;
  const pixels = new Uint8Array(width * height).fill(PAPER);
  const paste = (image: Uint8Array, left: number, top: number) => {
    for (let y = 0; y < SIDE; y++) pixels.set(image.subarray(y * SIDE, (y + 1) * SIDE), (top + y) * width + left);
  };
  for (let i = 0; i < count; i++) {
    const original = originals.subarray(i * PIXELS, (i + 1) * PIXELS);
    const left = AFTER_ORIGINAL + Math.floor(i / ROWS) * (block + BETWEEN_BLOCKS);
    const top = AFTER_ORIGINAL + (i % ROWS) * (SIDE + GAP);
    paste(original, left, top);
    for (let variant = 0; variant < VARIANTS; variant++) {
      const image = original.slice();
      augment?.(image, random);
      paste(image, left + SIDE + AFTER_ORIGINAL + variant * (SIDE + GAP), top);
    }
  }
  return { width, height, pixels };
}
