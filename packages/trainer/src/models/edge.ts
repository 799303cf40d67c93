import * as tf from '@tensorflow/tfjs';
import { batchNorm } from '../batch-norm.ts';
import { plain } from '../config.ts';
import { dropout } from '../dropout.ts';
import type { Architecture } from './architecture.ts';

/**
 * Our own small CNN: four 3×3 convolutions with batch norm (folded away at export), strides instead of pooling,
 * and one dense layer: 34,994 parameters, about 1 M multiply-adds an image.
 */
export const edge: Architecture = {
  name: 'edge',
  description: 'our own small CNN: four 3×3 convolutions with batch norm, one dense layer',
  // One cycle to a high rate gets there in few epochs; gentle warps stop a net this size from learning images by heart.
  recipe: { ...plain, epochs: 12, learningRate: 0.01, schedule: 'one-cycle', augment: 'gentle' },
  build({ classes, nextSeed, random, dropout: rate }) {
    const model = tf.sequential();
    model.add(tf.layers.inputLayer({ inputShape: [28, 28, 1] }));
    const convolution = (filters: number, strides: number) => {
      const kernelInitializer = tf.initializers.heNormal({ seed: nextSeed() });
      model.add(tf.layers.conv2d({ filters, kernelSize: 3, strides, useBias: false, kernelInitializer }));
      model.add(batchNorm());
      model.add(tf.layers.reLU());
    };
    convolution(8, 1); // [batch, 26, 26, 8]
    convolution(16, 2); // [batch, 12, 12, 16]
    convolution(32, 1); // [batch, 10, 10, 32]
    convolution(64, 2); // [batch, 4, 4, 64]
    model.add(tf.layers.flatten()); // [batch, 1024]
    if (rate > 0) model.add(dropout(rate, random));
    const kernelInitializer = tf.initializers.glorotUniform({ seed: nextSeed() });
    model.add(tf.layers.dense({ units: classes, kernelInitializer })); // [batch, classes]
    return model;
  },
};
