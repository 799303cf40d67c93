/** What a figure came to over several seeds. */
export interface SeedSpread {
  readonly count: number;
  readonly mean: number;
  /** Standard deviation of one run (n − 1 in the denominator); 0 for a single one. */
  readonly deviation: number;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** @throws {RangeError} for no values */
export function seedSpread(values: readonly number[]): SeedSpread {
  if (values.length === 0) throw new RangeError('A spread needs at least one value.');
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const middle = count >> 1;
  return {
    count,
    mean,
    deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    median: count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2,
    lowest: sorted[0]!,
    highest: sorted.at(-1)!,
  };
}
