import * as tf from '@tensorflow/tfjs';
import type { TrainConfig } from './config.ts';
import { nativeKernels } from './native-backend.ts';
import { fusedCrossEntropy } from './native-kernels.ts';

/**
 * What the net's probabilities should be: certain of the label, but for what label smoothing (Szegedy et al. 2016) moves
 * to all classes alike; for an image of no class all the same (outlier exposure: Hendrycks, Mazeika and Dietterich 2019).
 * @param labels class indices, or `NO_CLASS`
 * @param smoothing share of the certainty that all classes get alike, 0..1
 * @returns `[labels.length, classes]`, flat; each row sums to 1
 */
export function targets(labels: ArrayLike<number>, classes: number, smoothing: number): Float32Array {
  const rows = new Float32Array(labels.length * classes).fill(smoothing / classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < classes) rows[i * classes + label]! += 1 - smoothing;
    else rows.fill(1 / classes, i * classes, (i + 1) * classes);
  }
  return rows;
}

/**
 * The mean loss of a batch.
 * @param target `[batch, classes]`, as `targets` makes it
 * @param logits `[batch, classes]`
 */
export function batchLoss(kind: TrainConfig['loss'], target: tf.Tensor2D, logits: tf.Tensor2D): tf.Scalar {
  switch (kind) {
    case 'cross-entropy':
      if (nativeKernels()) return fusedCrossEntropy(target, logits);
      return tf.losses.softmaxCrossEntropy(target, logits).asScalar();
    case 'mean-squared-error':
      return tf.losses.meanSquaredError(target, tf.softmax(logits)).asScalar();
  }
}
