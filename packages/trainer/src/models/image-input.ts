import * as tf from '@tensorflow/tfjs';
import { stretch } from '../stretch.ts';
import type { BuildOptions } from './architecture.ts';

/** Where images `[batch, 28, 28, 1]` come in, and what is made of their grey levels: the first layers of every network. */
export function imageInput(greyLevels: BuildOptions['greyLevels']): tf.layers.Layer[] {
  const input = tf.layers.inputLayer({ inputShape: [28, 28, 1] });
  return greyLevels === 'stretched' ? [input, stretch()] : [input];
}
