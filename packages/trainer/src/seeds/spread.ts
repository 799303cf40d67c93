import { type Spread, spread } from '../spread.ts';

/** What a figure came to over several seeds. */
export interface SeedSpread extends Spread {
  readonly count: number;
  readonly mean: number;
  /** Standard deviation of one run (n − 1 in the denominator); 0 for a single one. */
  readonly deviation: number;
}

/** @throws {RangeError} for no values */
export function seedSpread(values: readonly number[]): SeedSpread {
  if (values.length === 0) throw new RangeError('A spread needs at least one value.');
  const count = values.length;
  // In their order, so that the sum is the same in whatever order they come.
  const sorted = values.toSorted((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, ...spread(values) };
}
