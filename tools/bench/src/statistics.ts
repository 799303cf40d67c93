/**
 * The smallest value that at least `percent` % of all values do not exceed (nearest rank): one that was measured,
 * never a mean of two.
 * @param values at least one, in any order
 * @param percent above 0, at most 100
 */
export function percentile(values: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * values.length);
  const value = values.toSorted((a, b) => a - b)[Math.max(1, rank) - 1];
  if (value === undefined) throw new RangeError(`No ${percent}th percentile of ${values.length} values`);
  return value;
}

/** The middle value; of an even count the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/**
 * By what share sizes that were read one after another grew: the median of the later half against that of the earlier.
 * Medians, since a single reading goes up and down with the garbage collector; a leak moves all of them.
 * @param sizes at least two; of an odd number the middle one counts in neither half
 * @returns 0.05 for 5 % more, below 0 for less
 */
export function growth(sizes: readonly number[]): number {
  const half = sizes.length >> 1;
  return median(sizes.slice(-half)) / median(sizes.slice(0, half)) - 1;
}
