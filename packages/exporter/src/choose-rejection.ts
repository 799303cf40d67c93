import { type Bundle, scores } from '@mnist-edge/recognizer';

/**
 * The score that told digits from drawn things that are none best at this threshold, on the released net and on those
 * before it: `npx nx run robustness:rejection` measures them all.
 */
const SCORE = 'logit';
/** Share of validation digits that may be taken for none. */
const REFUSED = 0.008;

/**
 * The highest threshold that refuses no more than 0.8 % of these images, rounded down to three decimals.
 * @param logits of validation images, `[images, classes]`, flat
 */
export function chooseRejection(logits: Float32Array, classes: number): NonNullable<Bundle['rejection']> {
  const found = Array.from({ length: logits.length / classes }, (_, i) =>
    scores[SCORE](logits.subarray(i * classes, (i + 1) * classes)),
  ).sort((a, b) => a - b);
  return { score: SCORE, threshold: Math.floor(1000 * found[Math.floor(REFUSED * found.length)]!) / 1000 };
}
