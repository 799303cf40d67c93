import { softmax } from '@mnist-edge/recognizer';
import type { Answers } from '../calibration.ts';

/** Bins of the reliability diagram, of equal width. */
const BINS = 15;

/** One class as a search for it: of what was called so, how much is; of what is so, how much was found. */
export interface ClassScore {
  /** Images of the class. */
  readonly images: number;
  /** 0..1; null where nothing was called so. */
  readonly precision: number | null;
  /** 0..1; null where nothing is so. */
  readonly recall: number | null;
  /** Harmonic mean of the two, 0..1; null where either is. */
  readonly f1: number | null;
}

/** `[given][believed]`: how many images of the class given were taken for the class believed. */
export type Confusion = readonly (readonly number[])[];

/** @returns probabilities `[labels.length, classes]`, one array an image, after the logits are divided by `temperature` */
export function probabilitiesOf({ logits, labels }: Answers, temperature = 1): readonly (readonly number[])[] {
  const classes = logits.length / labels.length;
  return Array.from(labels, (_, i) =>
    Array.from(softmax(logits.subarray(i * classes, (i + 1) * classes), temperature)),
  );
}

/** The class with the highest probability, the first of equals. */
export function believed(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

export function confusionOf(
  probabilities: readonly (readonly number[])[],
  labels: Uint8Array,
  classes: number,
): Confusion {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => {
    matrix[label]![believed(probabilities[i]!)]!++;
  });
  return matrix;
}

export function classScores(confusion: Confusion): ClassScore[] {
  return confusion.map((row, label) => {
    const right = row[label]!;
    const images = row.reduce((a, b) => a + b, 0);
    const called = confusion.reduce((sum, other) => sum + other[label]!, 0);
    const precision = called === 0 ? null : right / called;
    const recall = images === 0 ? null : right / images;
    const f1 = precision === null || recall === null ? null : (2 * right) / (images + called);
    return { images, precision, recall, f1 };
  });
}

export interface Reliability {
  /** Bins that hold images, by rising confidence: means of confidence and of rightness, 0..1. */
  readonly bins: readonly { readonly images: number; readonly confidence: number; readonly accuracy: number }[];
  /** Expected calibration error, 0..1: the mean distance of the two, weighted by images. */
  readonly error: number;
}

/**
 * How far confidence can be believed: the reliability diagram and the expected calibration error with 15 bins of equal
 * width (Guo, Pleiss, Sun, Weinberger: "On Calibration of Modern Neural Networks", ICML 2017).
 */
export function reliabilityOf(probabilities: readonly (readonly number[])[], labels: Uint8Array): Reliability {
  const bins = Array.from({ length: BINS }, () => ({ images: 0, confidence: 0, right: 0 }));
  probabilities.forEach((each, i) => {
    const label = believed(each);
    const confidence = each[label]!;
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))]!;
    bin.images++;
    bin.confidence += confidence;
    bin.right += Number(label === labels[i]);
  });
  const filled = bins
    .filter(({ images }) => images > 0)
    .map(({ images, confidence, right }) => ({ images, confidence: confidence / images, accuracy: right / images }));
  const error = filled.reduce(
    (sum, { images, confidence, accuracy }) => sum + (images / labels.length) * Math.abs(confidence - accuracy),
    0,
  );
  return { bins: filled, error };
}

/**
 * The 95 % interval of a share that was counted (Wilson, 1927): within it lies the accuracy on images without number, if
 * those that were counted are a fair draw of them.
 */
export function wilsonInterval(right: number, of: number): readonly [low: number, high: number] {
  const z = 1.959964;
  const share = right / of;
  const centre = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  // At either end rounding could put a bound beyond the share itself.
  return [Math.max(0, Math.min(share, centre - half)), Math.min(1, Math.max(share, centre + half))];
}
