import type { Box } from './components.ts';
import { around, type Part } from './parts.ts';

/** Parts that may be one digit: from `first` to `last`, both included. */
export interface Candidate {
  readonly first: number;
  readonly last: number;
  readonly box: Box;
}

/**
 * How much each thing counts for or against a way to read a line, in nats (natural logarithms of a probability).
 * Found by random search on numbers composed of MNIST's validation digits, gaps of all kinds among them.
 */
export interface Weights {
  /** The net's log-probability of the likeliest digit. */
  readonly sure: number;
  /** Each height of the line of ink that is cut through. */
  readonly cut: number;
  /** A cut at all. */
  readonly cutAtAll: number;
  /** Two digits of which the narrower lies beside the other in x wholly; a part of that for a part. */
  readonly overlap: number;
  /** Each height of the line of empty space inside a digit. */
  readonly gap: number;
  /** Each height of the line that a digit is wider than `WIDEST`, squared. */
  readonly wide: number;
  /** Each height of the line that a digit is lower than `LOWEST`, squared. */
  readonly low: number;
}

const weights: Weights = { sure: 1, cut: 6, cutAtAll: 0.1, overlap: 0.3, gap: 5, wide: 20, low: 12 };

/** Parts that one digit has at most. */
const MOST = 6;
/** No digit is wider than this, in heights of the line, unless it is one part. */
const FAR_TOO_WIDE = 1.7;
const WIDEST = 0.9;
const LOWEST = 0.7;

/** All runs of parts that may be one digit, by their first and then their last part. */
export function candidatesOf(parts: readonly Part[], height: number): Candidate[] {
  const candidates: Candidate[] = [];
  for (let first = 0; first < parts.length; first++) {
    for (let last = first; last < Math.min(parts.length, first + MOST); last++) {
      const box = around(parts.slice(first, last + 1).map((part) => part.box));
      if (last > first && box.width > FAR_TOO_WIDE * height) continue;
      candidates.push({ first, last, box });
    }
  }
  return candidates;
}

/**
 * The way to read a line that counts most: candidates that follow each other from the first part to the last.
 * @param sureness for each candidate the log-probability of its likeliest digit
 * @returns indices of candidates, from left to right
 */
export function bestReading(
  parts: readonly Part[],
  height: number,
  candidates: readonly Candidate[],
  sureness: readonly number[],
  { sure, cut, cutAtAll, overlap, gap, wide, low }: Weights = weights,
): number[] {
  const own = candidates.map(({ first, last, box }, index) => {
    const tooWide = Math.max(0, box.width / height - WIDEST);
    const tooLow = Math.max(0, LOWEST - box.height / height);
    let empty = 0;
    for (let i = first + 1; i <= last; i++) empty += Math.max(0, gapBetween(parts[i - 1]!.box, parts[i]!.box));
    return sure * sureness[index]! - wide * tooWide ** 2 - low * tooLow ** 2 - (gap * empty) / height;
  });
  const apart = parts.map((part, i) => {
    if (i === 0) return 0;
    if (part.cut !== null) return -cutAtAll - cut * part.cut;
    const before = parts[i - 1]!.box;
    const beside = Math.max(0, -gapBetween(before, part.box));
    return (-overlap * beside) / Math.max(1e-9, Math.min(before.width, part.box.width), height / 10);
  });
  /** The best count of a reading of all parts before a part, and the candidate it ends with. */
  const best: { score: number; by: number }[] = [{ score: 0, by: -1 }];
  candidates.forEach(({ first, last }, index) => {
    const score = best[first]!.score + apart[first]! + own[index]!;
    if (best[last + 1] === undefined || score > best[last + 1]!.score) best[last + 1] = { score, by: index };
  });
  const reading: number[] = [];
  for (let end = parts.length; end > 0; ) {
    const { by } = best[end]!;
    reading.push(by);
    end = candidates[by]!.first;
  }
  return reading.reverse();
}

function gapBetween(left: Box, right: Box): number {
  return right.left - (left.left + left.width);
}
