import * as tf from '@tensorflow/tfjs';
import { plain } from '../config.ts';
import { pooledConvolution } from '../convolution.ts';
import { dropout } from '../dropout.ts';
import type { Architecture } from './architecture.ts';
import { imageInput } from './image-input.ts';

/** The CNN that Keras tutorials and the article this project began with train on MNIST: 693,962 parameters. */
export const kerasTutorial: Architecture = {
  name: 'keras-tutorial',
  description: 'the tutorial CNN: one convolution, one pooling, one dense layer',
  // As in the article: Adam at Keras's default rate, 5 epochs, nothing else.
  recipe: { ...plain, epochs: 5, learningRate: 0.001, dropout: 0.5 },
  build({ classes, nextSeed, random, greyLevels, dropout: rate }) {
    const kernel = () => tf.initializers.glorotUniform({ seed: nextSeed() });
    return tf.sequential({
      layers: [
        ...imageInput(greyLevels),
        // [batch, 26, 26, 32], pooled to [batch, 13, 13, 32]
        ...pooledConvolution({ filters: 32, kernelSize: 3, kernelInitializer: kernel() }, 2),
        tf.layers.flatten(), // [batch, 5408]
        tf.layers.dense({ units: 128, activation: 'relu', kernelInitializer: kernel() }), // [batch, 128]
        dropout(rate, random),
        tf.layers.dense({ units: classes, kernelInitializer: kernel() }), // [batch, classes]
      ],
    });
  },
};
