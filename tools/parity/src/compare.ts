import { percent } from '@mnist-edge/command';
import { topK } from '@mnist-edge/recognizer';

/** How far a runtime's logits may be from the reference's. */
export const TOLERANCE = 1e-4;

/** A runtime beside the reference, over all images. */
export interface Comparison {
  readonly runtime: string;
  readonly images: number;
  readonly right: number;
  /** Images whose most likely class is not the reference's. */
  readonly disagreements: number;
  /** Infinity where a logit is not a number. */
  readonly largestDifference: number;
  readonly imagesPerSecond: number;
}

export interface Answers {
  /** `[images, classes]`, flat. */
  readonly logits: Float32Array;
  readonly seconds: number;
}

/**
 * Compares a runtime's answers with the reference's.
 * @throws {RangeError} when it did not answer every image
 */
export function compare(runtime: string, answers: Answers, reference: Float32Array, labels: Uint8Array): Comparison {
  const { logits, seconds } = answers;
  if (logits.length !== reference.length) {
    throw new RangeError(`${runtime} gave ${logits.length} logits; the reference gave ${reference.length}.`);
  }
  const classes = reference.length / labels.length;
  let right = 0;
  let disagreements = 0;
  labels.forEach((label, i) => {
    const [best] = topK(logits.subarray(i * classes, (i + 1) * classes), 1);
    const [expected] = topK(reference.subarray(i * classes, (i + 1) * classes), 1);
    if (best === label) right++;
    if (best !== expected) disagreements++;
  });
  let largestDifference = 0;
  logits.forEach((logit, i) => {
    const difference = Math.abs(logit - reference[i]!);
    largestDifference = Math.max(largestDifference, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  });
  return {
    runtime,
    images: labels.length,
    right,
    disagreements,
    largestDifference,
    imagesPerSecond: labels.length / seconds,
  };
}

/** The comparisons as a table for people; the first row is the reference. */
export function table(comparisons: readonly Comparison[]): string {
  const head = ['runtime', 'accuracy', 'disagrees on', 'max |Δlogit|', 'images/s'];
  const rows = comparisons.map((row, i) => [
    row.runtime,
    percent(row.right / row.images),
    i === 0 ? 'reference' : `${row.disagreements} of ${row.images}`,
    i === 0 ? '' : row.largestDifference.toExponential(1),
    Math.round(row.imagesPerSecond).toLocaleString('en'),
  ]);
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length), title.length),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
