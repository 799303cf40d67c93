import { plain } from '../config.ts';
import type { Architecture } from './architecture.ts';
import { edgeNet } from './edge-family.ts';

/** For those who wait; how long, `bench:run --only=fast` says. 43,194 parameters, 1.6 M multiply-adds an image. */
export const edgeFast: Architecture = {
  name: 'edge-fast',
  description: 'a net and a recipe for the shortest wait',
  recipe: {
    ...plain,
    epochs: 4,
    batchSize: 256,
    keep: 'last',
    learningRate: 0.03,
    schedule: 'one-cycle',
    labelSmoothing: 0.05,
    augment: 'affine:shift',
  },
  build: edgeNet([
    { filters: 16, kernelSize: 5, strides: 2 }, // [batch, 14, 14, 16]
    { filters: 24, kernelSize: 3, strides: 1 }, // [batch, 14, 14, 24]
    { filters: 48, kernelSize: 3, strides: 2 }, // [batch, 7, 7, 48]
    { filters: 48, kernelSize: 3, strides: 2 }, // [batch, 4, 4, 48]
  ]),
};
