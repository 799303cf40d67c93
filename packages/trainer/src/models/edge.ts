import { plain } from '../config.ts';
import type { Architecture } from './architecture.ts';
import { type Block, edgeNet, SPOILT } from './edge-family.ts';

export const edgeBlocks: readonly Block[] = [
  { filters: 16, kernelSize: 5, strides: 2 }, // [batch, 14, 14, 16]
  { filters: 24, kernelSize: 3, strides: 1 }, // [batch, 14, 14, 24]
  { filters: 48, kernelSize: 3, strides: 2 }, // [batch, 7, 7, 48]
  { filters: 48, kernelSize: 3, strides: 1 }, // [batch, 7, 7, 48]
  { filters: 48, kernelSize: 3, strides: 2 }, // [batch, 4, 4, 48]
];

/** Our own small CNN: 56,922 parameters, 2.6 M multiply-adds an image. */
export const edge: Architecture = {
  name: 'edge',
  description: 'our own small CNN: five convolutions with batch norm, one dense layer',
  recipe: {
    ...plain,
    // One cycle to a high rate gets there in few epochs; more are better, but nobody waits for them gladly.
    epochs: 10,
    learningRate: 0.01,
    schedule: 'one-cycle',
    // Digits on any paper: their contrast is made the same before the net sees them, the rest it learns.
    greyLevels: 'stretched',
    augment: SPOILT,
    // Worth a tenth of a point: see EXPERIMENTS.md.
    labelSmoothing: 0.05,
    // People draw other things than digits too.
    outliers: 0.2,
    // As accurate as all bits, and less than half the download.
    weightBits: 9,
  },
  // Each filter's mean at the end: [batch, 48]
  build: edgeNet(edgeBlocks, 'means'),
};
