import * as tf from '@tensorflow/tfjs';
import type { TrainConfig } from './config.ts';

/**
 * The mean loss of a batch.
 * @param labels `[batch]`, class indices
 * @param logits `[batch, classes]`
 */
export function batchLoss(
  config: Pick<TrainConfig, 'loss' | 'labelSmoothing'>,
  labels: tf.Tensor1D,
  logits: tf.Tensor2D,
): tf.Scalar {
  const classes = logits.shape[1];
  // Label smoothing (Szegedy et al. 2016) moves a share of the certainty to all classes alike.
  const smoothing = config.labelSmoothing;
  const target = tf
    .oneHot(labels, classes)
    .toFloat()
    .mul(1 - smoothing)
    .add(smoothing / classes);
  switch (config.loss) {
    case 'cross-entropy':
      return tf.losses.softmaxCrossEntropy(target, logits).asScalar();
    case 'mean-squared-error':
      return tf.losses.meanSquaredError(target, tf.softmax(logits)).asScalar();
  }
}
