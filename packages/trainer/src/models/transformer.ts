import * as tf from '@tensorflow/tfjs';
import { plain } from '../config.ts';
import { convolution } from '../convolution.ts';
import { dropout } from '../dropout.ts';
import { layerNorm } from '../layer-norm.ts';
import { stretch } from '../stretch.ts';
import type { Architecture } from './architecture.ts';

/** Side of a patch in pixels: 4×4 patches an image. */
const PATCH = 7;
const PATCHES = (28 / PATCH) ** 2;
/** Numbers that a patch is described by. */
const WIDTH = 64;
const HEADS = 2;
const BLOCKS = 2;
/** Units of the dense layer between two attentions. */
const HIDDEN = 128;

/**
 * A small vision transformer (Dosovitskiy et al. 2021): 16 patches, two blocks of attention in two heads and a dense
 * layer with GELU, norms before both (Xiong et al. 2020), the mean of all patches at the end. It is made of tfjs's own
 * layers alone, so that any tfjs loads it.
 */
export const transformer: Architecture = {
  name: 'transformer',
  description: 'a small vision transformer: 16 patches, two blocks of attention, GELU',
  recipe: { ...plain, epochs: 12, optimizer: 'adamw', learningRate: 0.003, schedule: 'one-cycle', augment: 'gentle' },
  build({ classes, nextSeed, random, greyLevels, dropout: rate }) {
    const glorot = () => tf.initializers.glorotUniform({ seed: nextSeed() });
    const dense = (units: number, x: tf.SymbolicTensor, activation?: 'gelu') =>
      through(tf.layers.dense({ units, kernelInitializer: glorot(), ...(activation && { activation: gelu }) }), x);

    /** Each patch asks all of them: softmax(q·kᵀ/√size)·v. */
    const head = (x: tf.SymbolicTensor, size: number) => {
      // tfjs has no layer that scales, so 1/√size is in the kernel that questions are made with.
      const scaled = tf.initializers.varianceScaling({
        scale: 1 / size,
        mode: 'fanAvg',
        distribution: 'uniform',
        seed: nextSeed(),
      });
      const questions = through(tf.layers.dense({ units: size, kernelInitializer: scaled }), x); // [batch, 16, size]
      const keys = dense(size, x);
      const affinities = tf.layers.dot({ axes: [2, 2] }).apply([questions, keys]) as tf.SymbolicTensor; // [batch, 16, 16]
      const weights = through(tf.layers.activation({ activation: 'softmax' }), affinities);
      return tf.layers.dot({ axes: [2, 1] }).apply([weights, dense(size, x)]) as tf.SymbolicTensor; // [batch, 16, size]
    };
    const attend = (x: tf.SymbolicTensor) => {
      const heads = Array.from({ length: HEADS }, () => head(x, WIDTH / HEADS));
      return dense(WIDTH, tf.layers.concatenate().apply(heads) as tf.SymbolicTensor);
    };
    const think = (x: tf.SymbolicTensor) => dense(WIDTH, dense(HIDDEN, x, 'gelu'));

    const input = tf.input({ shape: [28, 28, 1] });
    const patches = convolution({
      filters: WIDTH,
      kernelSize: PATCH,
      strides: PATCH,
      kernelInitializer: glorot(),
    }); // [batch, 4, 4, WIDTH]
    const image = greyLevels === 'stretched' ? through(stretch(), input) : input;
    let x = through(tf.layers.reshape({ targetShape: [PATCHES, WIDTH] }), through(patches, image));
    // A norm over the whole image: its offset, one for each patch and number, is the embedding of the position.
    const betaInitializer = tf.initializers.randomNormal({ stddev: 0.02, seed: nextSeed() });
    x = through(layerNorm(2, betaInitializer), x);
    for (let block = 0; block < BLOCKS; block++) {
      for (const step of [attend, think]) {
        x = tf.layers.add().apply([x, step(through(layerNorm(1), x))]) as tf.SymbolicTensor;
      }
    } // [batch, 16, WIDTH]
    x = through(tf.layers.globalAveragePooling1d({}), through(layerNorm(1), x)); // [batch, WIDTH]
    if (rate > 0) x = through(dropout(rate, random), x);
    return tf.model({ inputs: input, outputs: dense(classes, x) }); // [batch, classes]
  },
};

/** tfjs has it, but its list of names does not. */
const gelu = 'gelu' as 'relu';

function through(layer: tf.layers.Layer, x: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}
