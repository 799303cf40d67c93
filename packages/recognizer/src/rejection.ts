import { softmax } from './softmax.ts';

/** What can be read from logits about how much an image is like a digit: the higher, the more. */
export const scores = {
  /** The highest calibrated probability. */
  probability: (logits, temperature) => Math.max(...softmax(logits, temperature)),
  /** The highest logit: evidence for a class that does not have to be weighed against other evidence. */
  logit: (logits) => Math.max(...Array.from(logits)),
  /** Log-sum-exp of the logits, the negative free energy (Liu et al., "Energy-based Out-of-distribution Detection", 2020). */
  energy: (logits, temperature) => {
    const scaled = Array.from(logits, (logit) => logit / temperature);
    const highest = Math.max(...scaled);
    return temperature * (highest + Math.log(scaled.reduce((sum, logit) => sum + Math.exp(logit - highest), 0)));
  },
  /** How far the highest logit is above the second. */
  margin: (logits) => {
    const [first, second] = Array.from(logits).sort((a, b) => b - a);
    return first! - second!;
  },
} as const satisfies Record<string, (logits: ArrayLike<number>, temperature: number) => number>;

export type Score = keyof typeof scores;

export const scoreNames = Object.keys(scores) as Score[];
