import * as tf from '@tensorflow/tfjs';
import { plain } from '../config.ts';
import { dropout } from '../dropout.ts';
import { lstm } from '../lstm.ts';
import type { Architecture } from './architecture.ts';
import { imageInput } from './image-input.ts';

/** An LSTM (Hochreiter and Schmidhuber 1997) that reads an image row by row, from the top: 24,458 parameters. */
export const rnn: Architecture = {
  name: 'rnn',
  description: 'an LSTM of 64 units that reads the image row by row',
  // The gradient of 28 steps in a row may be long; a limit keeps the high rate of the cycle from throwing it off.
  recipe: { ...plain, epochs: 12, learningRate: 0.01, schedule: 'one-cycle', augment: 'gentle', clipNorm: 1 },
  build({ classes, nextSeed, random, greyLevels, dropout: rate }) {
    const model = tf.sequential();
    for (const layer of imageInput(greyLevels)) model.add(layer);
    model.add(tf.layers.reshape({ targetShape: [28, 28] })); // [batch, rows, columns]
    model.add(lstm({ units: 64, nextSeed })); // [batch, 64], after the last row
    if (rate > 0) model.add(dropout(rate, random));
    const kernelInitializer = tf.initializers.glorotUniform({ seed: nextSeed() });
    model.add(tf.layers.dense({ units: classes, kernelInitializer })); // [batch, classes]
    return model;
  },
};
