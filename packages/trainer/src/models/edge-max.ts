import { FLOAT16_BITS } from '../weight-bits.ts';
import type { Architecture } from './architecture.ts';
import { edge, edgeBlocks } from './edge.ts';
import { edgeNet } from './edge-family.ts';

/** `edge` with twice the filters, to learn from (`--teacher`): 224,426 parameters, 10.3 M multiply-adds an image. */
export const edgeMax: Architecture = {
  name: 'edge-max',
  description: 'edge with twice the filters: more accurate, and a teacher for it',
  recipe: { ...edge.recipe, epochs: 16, weightBits: FLOAT16_BITS },
  build: edgeNet(
    edgeBlocks.map((block) => ({ ...block, filters: 2 * block.filters })),
    'means',
  ),
};
