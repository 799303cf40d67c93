import * as tf from '@tensorflow/tfjs';
import { plain } from '../config.ts';
import { convolution } from '../convolution.ts';
import { dropout } from '../dropout.ts';
import type { Architecture } from './architecture.ts';
import { imageInput } from './image-input.ts';

/**
 * LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) as it is drawn today: every map sees every map before it, the
 * pooling has no weights and the last layer is a plain one. 61,706 parameters.
 */
export const lenet5: Architecture = {
  name: 'lenet5',
  description: 'LeNet-5 of 1998: two 5×5 convolutions with tanh and average pooling, three dense layers',
  recipe: { ...plain, epochs: 15, learningRate: 0.005, schedule: 'one-cycle', augment: 'gentle' },
  build({ classes, nextSeed, random, greyLevels, dropout: rate }) {
    const kernel = () => tf.initializers.glorotUniform({ seed: nextSeed() });
    const model = tf.sequential();
    for (const layer of imageInput(greyLevels)) model.add(layer);
    const pooled = (filters: number, padding: 'same' | 'valid') => {
      model.add(convolution({ filters, kernelSize: 5, padding, activation: 'tanh', kernelInitializer: kernel() }));
      model.add(tf.layers.averagePooling2d({ poolSize: 2 }));
    };
    pooled(6, 'same'); // [batch, 14, 14, 6]; the original pads its images to 32×32
    pooled(16, 'valid'); // [batch, 5, 5, 16]
    model.add(tf.layers.flatten()); // [batch, 400]
    model.add(tf.layers.dense({ units: 120, activation: 'tanh', kernelInitializer: kernel() })); // [batch, 120]
    model.add(tf.layers.dense({ units: 84, activation: 'tanh', kernelInitializer: kernel() })); // [batch, 84]
    if (rate > 0) model.add(dropout(rate, random));
    model.add(tf.layers.dense({ units: classes, kernelInitializer: kernel() })); // [batch, classes]
    return model;
  },
};
