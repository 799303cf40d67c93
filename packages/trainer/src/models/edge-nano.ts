import { plain } from '../config.ts';
import type { Architecture } from './architecture.ts';
import { edgeNet } from './edge-family.ts';

/**
 * `edge` for where every kilobyte counts: 7,606 parameters, 0.8 M multiply-adds an image. It is for digits as MNIST has them:
 * what `edge` learns of blots, lines and other drawings has no room in it.
 */
export const edgeNano: Architecture = {
  name: 'edge-nano',
  description: 'an eighth of edge, for where every kilobyte counts',
  recipe: {
    ...plain,
    // So small a net goes on getting better for a long time; towards the end it begins to learn images by heart.
    epochs: 60,
    learningRate: 0.01,
    schedule: 'one-cycle',
    augment: 'gentle',
  },
  build: edgeNet(
    [
      { filters: 8, kernelSize: 3, strides: 1 }, // [batch, 28, 28, 8]
      { filters: 14, kernelSize: 3, strides: 2 }, // [batch, 14, 14, 14]
      { filters: 14, kernelSize: 3, strides: 1 }, // [batch, 14, 14, 14]
      { filters: 16, kernelSize: 3, strides: 2 }, // [batch, 7, 7, 16]
      { filters: 16, kernelSize: 3, strides: 1 }, // [batch, 7, 7, 16]
    ],
    // Each filter's mean: [batch, 16]
    'means',
  ),
};
