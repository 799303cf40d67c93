import { plain } from '../config.ts';
import { FLOAT16_BITS } from '../weight-bits.ts';
import type { Architecture } from './architecture.ts';
import { edgeNet, SPOILT } from './edge-family.ts';

/** `edge` with twice the filters, to learn from (`--teacher`): 224,426 parameters, 10.3 M multiply-adds an image. */
export const edgeMax: Architecture = {
  name: 'edge-max',
  description: 'edge with twice the filters: more accurate, and a teacher for it',
  recipe: {
    ...plain,
    epochs: 16,
    learningRate: 0.01,
    schedule: 'one-cycle',
    greyLevels: 'stretched',
    augment: SPOILT,
    labelSmoothing: 0.05,
    outliers: 0.2,
    weightBits: FLOAT16_BITS,
  },
  build: edgeNet(
    [
      { filters: 32, kernelSize: 5, strides: 2 }, // [batch, 14, 14, 32]
      { filters: 48, kernelSize: 3, strides: 1 }, // [batch, 14, 14, 48]
      { filters: 96, kernelSize: 3, strides: 2 }, // [batch, 7, 7, 96]
      { filters: 96, kernelSize: 3, strides: 1 }, // [batch, 7, 7, 96]
      { filters: 96, kernelSize: 3, strides: 2 }, // [batch, 4, 4, 96]
    ],
    // Each filter's mean: [batch, 96]
    'means',
  ),
};
