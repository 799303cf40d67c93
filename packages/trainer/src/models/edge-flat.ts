import { plain } from '../config.ts';
import type { Architecture } from './architecture.ts';
import { edgeNet } from './edge-family.ts';

/**
 * For pictures of things rather than digits: 59,906 parameters, 2.6 M multiply-adds an image. Its dense layer sees where each
 * filter answered, which `edge` takes the mean of: where a sleeve or a heel is says what it belongs to.
 */
export const edgeFlat: Architecture = {
  name: 'edge-flat',
  description: 'for pictures such as clothes: four convolutions with batch norm, one dense layer that sees every place',
  recipe: {
    ...plain,
    epochs: 12,
    learningRate: 0.01,
    schedule: 'one-cycle',
    augment: 'affine:shift,flip',
    weightBits: 9,
  },
  build: edgeNet([
    { filters: 24, kernelSize: 5, strides: 2 }, // [batch, 14, 14, 24]
    { filters: 32, kernelSize: 3, strides: 1 }, // [batch, 14, 14, 32]
    { filters: 48, kernelSize: 3, strides: 2 }, // [batch, 7, 7, 48]
    { filters: 64, kernelSize: 3, strides: 2 }, // [batch, 4, 4, 64]
  ]),
};
