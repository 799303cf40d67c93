import { softmax, topK } from '@mnist-edge/recognizer';

export interface Score {
  readonly images: number;
  /** Share of images whose highest logit is the label's, 0..1. */
  readonly accuracy: number;
  /** Mean cross-entropy at temperature 1, in nats. */
  readonly loss: number;
}

/**
 * Accuracy and loss of a batch of answers, in double precision.
 * @param logits `[labels.length, classes]`, flat
 */
export function score(logits: Float32Array, labels: Uint8Array): Score {
  const classes = logits.length / labels.length;
  let right = 0;
  let loss = 0;
  labels.forEach((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    if (topK(row, 1)[0] === label) right++;
    // A probability can round to 0 in double precision only past a loss of 745 nats; that is as wrong as it gets.
    loss -= Math.log(Math.max(softmax(row)[label]!, Number.MIN_VALUE));
  });
  return { images: labels.length, accuracy: right / labels.length, loss: loss / labels.length };
}
