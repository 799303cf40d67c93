import * as tf from '@tensorflow/tfjs';
import { batchNormRelu } from '../batch-norm.ts';
import { convolution } from '../convolution.ts';
import { dropout } from '../dropout.ts';
import type { Architecture } from './architecture.ts';
import { imageInput } from './image-input.ts';

/** One convolution, square and padded, then batch norm and ReLU. */
export interface Block {
  readonly filters: number;
  readonly kernelSize: number;
  /** 2 halves the side, rounded up. */
  readonly strides: 1 | 2;
}

/** Warps, and for five of fourteen images something that photographs and scans do to digits: see EXPERIMENTS.md. */
export const SPOILT = [
  'affine:gentle,elastic:gentle',
  ['blur:strong|noise:strong|lines:strong|occlusion|background:strong', ...Array<string>(8).fill('none')].join('|'),
].join();

/**
 * What the nets of the family `edge` have in common: convolutions with batch norm (folded away at export), strides instead of
 * pooling, padding so that nothing at the border is lost early, and one dense layer.
 * @param end what the dense layer sees of the last convolution: all of it, or each filter's mean, which spares most of its
 *   weights
 */
export function edgeNet(blocks: readonly Block[], end: 'all' | 'means' = 'all'): Architecture['build'] {
  return ({ classes, nextSeed, random, greyLevels, dropout: rate }) => {
    const model = tf.sequential();
    for (const layer of imageInput(greyLevels)) model.add(layer);
    for (const block of blocks) {
      const kernelInitializer = tf.initializers.heNormal({ seed: nextSeed() });
      model.add(convolution({ ...block, padding: 'same', useBias: false, kernelInitializer }));
      for (const layer of batchNormRelu()) model.add(layer);
    }
    model.add(end === 'all' ? tf.layers.flatten() : tf.layers.globalAveragePooling2d({}));
    if (rate > 0) model.add(dropout(rate, random));
    const kernelInitializer = tf.initializers.glorotUniform({ seed: nextSeed() });
    model.add(tf.layers.dense({ units: classes, kernelInitializer })); // [batch, classes]
    return model;
  };
}
