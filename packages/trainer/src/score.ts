import { softmax, topK } from '@mnist-edge/recognizer';
import * as v from 'valibot';

export interface Score {
  readonly images: number;
  /** Share of images whose highest logit is the label's, 0..1. */
  readonly accuracy: number;
  /** Mean cross-entropy at temperature 1, in nats. */
  readonly loss: number;
}

/** A score as files have it. */
export const scoreSchema = v.object({ images: v.number(), accuracy: v.number(), loss: v.number() });

/**
 * Accuracy and loss of a batch of answers, in double precision.
 * @param logits `[labels.length, classes]`, flat
 */
export function score(logits: Float32Array, labels: Uint8Array): Score {
  const classes = logits.length / labels.length;
  const right = labels.filter(
    (label, i) => topK(logits.subarray(i * classes, (i + 1) * classes), 1)[0] === label,
  ).length;
  return { images: labels.length, accuracy: right / labels.length, loss: crossEntropy(logits, labels) };
}

/**
 * Mean cross-entropy of softmax(logits / temperature), in nats.
 * @param logits `[labels.length, classes]`, flat
 */
export function crossEntropy(logits: Float32Array, labels: Uint8Array, temperature = 1): number {
  const classes = logits.length / labels.length;
  let loss = 0;
  labels.forEach((label, i) => {
    const probabilities = softmax(logits.subarray(i * classes, (i + 1) * classes), temperature);
    // A probability can round to 0 in double precision only past a loss of 745 nats; that is as wrong as it gets.
    loss -= Math.log(Math.max(probabilities[label]!, Number.MIN_VALUE));
  });
  return loss / labels.length;
}

/** The higher accuracy, and of equals the lower loss. */
export function isBetter(now: Score, then: Score): boolean {
  return now.accuracy === then.accuracy ? now.loss < then.loss : now.accuracy > then.accuracy;
}
