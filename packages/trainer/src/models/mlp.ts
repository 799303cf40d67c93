import * as tf from '@tensorflow/tfjs';
import { plain } from '../config.ts';
import { dropout } from '../dropout.ts';
import type { Architecture } from './architecture.ts';
import { imageInput } from './image-input.ts';

/** No idea of an image, only of 784 numbers: two hidden layers, 535,818 parameters. What the others are measured by. */
export const mlp: Architecture = {
  name: 'mlp',
  description: 'two dense layers on the bare pixels, no idea of an image',
  // It knows nothing of neighbours, so warps teach it what convolutions have built in.
  recipe: { ...plain, epochs: 15, learningRate: 0.003, schedule: 'one-cycle', augment: 'gentle' },
  build({ classes, nextSeed, random, greyLevels, dropout: rate }) {
    const model = tf.sequential();
    for (const layer of imageInput(greyLevels)) model.add(layer);
    model.add(tf.layers.flatten()); // [batch, 784]
    for (const units of [512, 256]) {
      const kernelInitializer = tf.initializers.heNormal({ seed: nextSeed() });
      model.add(tf.layers.dense({ units, activation: 'relu', kernelInitializer })); // [batch, units]
    }
    if (rate > 0) model.add(dropout(rate, random));
    const kernelInitializer = tf.initializers.glorotUniform({ seed: nextSeed() });
    model.add(tf.layers.dense({ units: classes, kernelInitializer })); // [batch, classes]
    return model;
  },
};
