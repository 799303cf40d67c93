import * as tf from '@tensorflow/tfjs';
import { batchNormRelu } from '../batch-norm.ts';
import { convolution } from '../convolution.ts';
import { dropout } from '../dropout.ts';
import type { Architecture } from './architecture.ts';

/** One convolution, square and padded, then batch norm and ReLU. */
export interface Block {
  readonly filters: number;
  readonly kernelSize: number;
  /** 2 halves the side, rounded up. */
  readonly strides: 1 | 2;
}

/**
 * What the nets of the family `edge` have in common: convolutions with batch norm (folded away at export), strides instead of
 * pooling, padding so that nothing at the border is lost early, and one dense layer.
 */
export function edgeNet(blocks: readonly Block[]): Architecture['build'] {
  return ({ classes, nextSeed, random, dropout: rate }) => {
    const model = tf.sequential();
    model.add(tf.layers.inputLayer({ inputShape: [28, 28, 1] }));
    for (const block of blocks) {
      const kernelInitializer = tf.initializers.heNormal({ seed: nextSeed() });
      model.add(convolution({ ...block, padding: 'same', useBias: false, kernelInitializer }));
      for (const layer of batchNormRelu()) model.add(layer);
    }
    model.add(tf.layers.flatten());
    if (rate > 0) model.add(dropout(rate, random));
    const kernelInitializer = tf.initializers.glorotUniform({ seed: nextSeed() });
    model.add(tf.layers.dense({ units: classes, kernelInitializer })); // [batch, classes]
    return model;
  };
}
