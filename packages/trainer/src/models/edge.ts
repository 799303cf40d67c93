import * as tf from '@tensorflow/tfjs';
import { batchNormRelu } from '../batch-norm.ts';
import { plain } from '../config.ts';
import { convolution } from '../convolution.ts';
import { dropout } from '../dropout.ts';
import { FLOAT16_BITS } from '../weight-bits.ts';
import type { Architecture } from './architecture.ts';

/**
 * Our own small CNN: four 3×3 convolutions with batch norm (folded away at export), strides instead of pooling,
 * and one dense layer: 43,226 parameters, about 2 M multiply-adds an image.
 */
export const edge: Architecture = {
  name: 'edge',
  description: 'our own small CNN: four 3×3 convolutions with batch norm, one dense layer',
  recipe: {
    ...plain,
    // One cycle to a high rate gets there in few epochs; more are better, but nobody waits for them gladly.
    epochs: 15,
    learningRate: 0.01,
    schedule: 'one-cycle',
    // Warps stop a net this size from learning images by heart; more of them would take more epochs to pay.
    augment: 'gentle',
    // People draw other things than digits too.
    outliers: 0.1,
    // As accurate as all bits, and half the download.
    weightBits: FLOAT16_BITS,
  },
  build({ classes, nextSeed, random, dropout: rate }) {
    const model = tf.sequential();
    model.add(tf.layers.inputLayer({ inputShape: [28, 28, 1] }));
    const block = (filters: number, strides: number) => {
      const kernelInitializer = tf.initializers.heNormal({ seed: nextSeed() });
      model.add(convolution({ filters, kernelSize: 3, strides, useBias: false, kernelInitializer }));
      for (const layer of batchNormRelu()) model.add(layer);
    };
    block(16, 1); // [batch, 26, 26, 16]
    block(32, 2); // [batch, 12, 12, 32]
    block(32, 1); // [batch, 10, 10, 32]
    block(64, 2); // [batch, 4, 4, 64]
    model.add(tf.layers.flatten()); // [batch, 1024]
    if (rate > 0) model.add(dropout(rate, random));
    const kernelInitializer = tf.initializers.glorotUniform({ seed: nextSeed() });
    model.add(tf.layers.dense({ units: classes, kernelInitializer })); // [batch, classes]
    return model;
  },
};
