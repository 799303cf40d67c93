import { softmax } from '@mnist-edge/recognizer';
import { crossEntropy } from './score.ts';

/** Where the temperature is looked for; a net outside of it is not miscalibrated but broken. */
const LOWEST = 0.05;
const HIGHEST = 20;
/** Share of validation digits that the threshold may take for no digit. */
const REFUSED = 0.002;

/** Logits `[labels.length, classes]`, flat, and the right answers. */
export interface Answers {
  readonly logits: Float32Array;
  readonly labels: Uint8Array;
}

/**
 * The temperature that makes the probabilities of these answers most likely (Guo et al. 2017, "On Calibration of
 * Modern Neural Networks"): the minimum of the cross-entropy, which has one minimum along 1 / temperature, found by
 * golden-section search to four digits.
 */
export function fitTemperature({ logits, labels }: Answers): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  const loss = (logarithm: number) => crossEntropy(logits, labels, Math.exp(logarithm));
  let low = Math.log(LOWEST);
  let high = Math.log(HIGHEST);
  let [a, b] = [high - golden * (high - low), low + golden * (high - low)];
  let [lossA, lossB] = [loss(a), loss(b)];
  while (high - low > 1e-4) {
    if (lossA < lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - golden * (high - low);
      lossA = loss(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + golden * (high - low);
      lossB = loss(b);
    }
  }
  return Number(Math.exp((low + high) / 2).toPrecision(4));
}

/**
 * The highest threshold on the highest probability that refuses no more than 0.2 % of these digits, rounded down to
 * three decimals.
 */
export function chooseThreshold({ logits, labels }: Answers, temperature: number): number {
  const classes = logits.length / labels.length;
  const confidences = Array.from(labels, (_, i) =>
    Math.max(...softmax(logits.subarray(i * classes, (i + 1) * classes), temperature)),
  );
  confidences.sort((a, b) => a - b);
  return Math.floor(1000 * confidences[Math.floor(REFUSED * labels.length)]!) / 1000;
}
