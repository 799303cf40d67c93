import type { Line } from '@mnist-edge/recognizer';

/** Empty space between two digits that stand apart, in shares of the sheet's side. */
const SPACE = 0.02;
/** The least probability of each. */
const SURE = 0.9;

/**
 * The number that a drawing shows where one digit was asked for and it is none: several digits with empty space between
 * them, each of them sure. Letters and shapes can be cut into what look like digits, but hardly ever have such space
 * (`handwriting/` counts them).
 * @param unit what the sheet's side is in the unit of the line's boxes
 */
export function digitsApart({ text, digits, rejection }: Line, unit: number): string | null {
  if (rejection !== null || digits.length < 2) return null;
  const allApart = digits.every(({ box }, i) => {
    const before = digits[i - 1]?.box;
    return before === undefined || box.left - (before.left + before.width) > SPACE * unit;
  });
  const allSure = digits.every(({ probabilities }) => Math.max(...probabilities) >= SURE);
  return allApart && allSure ? text : null;
}
