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
 * Whether sizes that were read one after another stay flat: none exceeds the first by more than a share of it.
 * @param share 0.05 allows 5 % more
 */
export function isFlat(sizes: readonly number[], share: number): boolean {
  const [first, ...later] = sizes;
  return first !== undefined && later.every((size) => size <= first * (1 + share));
}
