import type { Bundle } from './bundle.ts';
import { Problem } from './problem.ts';
import { scores } from './rejection.ts';
import { softmax } from './softmax.ts';

/** Why there is no digit: nothing was drawn, or the net is not sure enough that this is a digit. */
export type Rejection = 'blank' | 'uncertain';

export interface Answer {
  /** The label of the most likely class, or null when rejected. */
  readonly label: string | null;
  /** Index of the most likely class in `bundle.labels`, or null when rejected. */
  readonly index: number | null;
  /** Calibrated probabilities in the order of `bundle.labels`; they sum to 1. All equal for a blank image. */
  readonly probabilities: readonly number[];
  readonly rejection: Rejection | null;
}

/** Indices of the k highest values, highest first; ties keep their order. */
export function topK(values: ArrayLike<number>, k: number): number[] {
  return Array.from(values, (_, index) => index)
    .sort((a, b) => values[b]! - values[a]!)
    .slice(0, k);
}

/**
 * The answer for one image's logits (`[labels]`), calibrated and judged as the bundle says.
 * @throws {Problem} when the logits are not numbers that a probability can be made from
 */
export function answer(logits: ArrayLike<number>, bundle: Bundle): Answer {
  if (!Array.from(logits).every(Number.isFinite)) {
    throw new Problem(
      `${bundle.name} ${bundle.version} does not keep its contract: its logits are [${Array.from(logits).join(', ')}] ` +
        'and should be finite. Export the model again: npx nx run exporter:export',
    );
  }
  const probabilities = softmax(logits, bundle.temperature);
  const best = topK(probabilities, 1)[0]!;
  const { score, threshold } = bundle.rejection ?? { score: 'probability', threshold: bundle.rejectionThreshold };
  return scores[score](logits, bundle.temperature) < threshold
    ? { label: null, index: null, probabilities, rejection: 'uncertain' }
    : { label: bundle.labels[best]!, index: best, probabilities, rejection: null };
}

/** The answer where there is no ink: no label, and no class more likely than another. */
export function blankAnswer(bundle: Bundle): Answer {
  const probabilities = bundle.labels.map(() => 1 / bundle.labels.length);
  return { label: null, index: null, probabilities, rejection: 'blank' };
}
