import type { Score } from '../score.ts';

/** One round of successive halving. */
export interface Rung {
  /** That each of its trials has been trained for at its end. */
  readonly epochs: number;
  readonly trials: number;
}

/**
 * Successive halving (Jamieson & Talwalkar 2016, in the form of Hyperband's brackets, Li et al. 2018): all trials are
 * trained for few epochs, the best 1/eta of them for eta times as many, and so on; the last rung trains for all epochs.
 * There are as many rungs as both the trials and the epochs can be divided by eta.
 * @param trials at least 1 @param epochs of the last rung @param eta at least 2
 */
export function planRungs(trials: number, epochs: number, eta: number): Rung[] {
  const rungs: Rung[] = [];
  for (let left = trials, budget = epochs; ; left = Math.floor(left / eta), budget /= eta) {
    rungs.push({ trials: left, epochs: budget });
    if (left < eta || budget < eta) break;
  }
  const planned = rungs.map(({ epochs }) => Math.max(1, Math.round(epochs))).reverse();
  return rungs.map((rung, index) => ({ trials: rung.trials, epochs: planned[index]! }));
}

/** How a trial did on the validation images. */
export interface Standing {
  readonly trial: number;
  readonly validation: Score;
}

/** The best first: the higher accuracy, of equals the lower loss, of such the lower number of the trial. */
export function rank<T extends Standing>(standings: readonly T[]): T[] {
  const loss = ({ validation }: T) => (Number.isNaN(validation.loss) ? Number.POSITIVE_INFINITY : validation.loss);
  return standings.toSorted(
    (a, b) => b.validation.accuracy - a.validation.accuracy || loss(a) - loss(b) || a.trial - b.trial,
  );
}
