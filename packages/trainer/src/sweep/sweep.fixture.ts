import { quick } from '../run.fixture.ts';
import type { Plan } from './sweep-folder.ts';

/** Four trials of at most four epochs, in rungs of 4, 2 and 1; two go on from checkpoints and two train anew. For tests. */
export const plan: Plan = {
  ...{ space: {}, trials: 4, eta: 2, seed: 1, dataset: {} },
  configs: [0.0001, 0.003, 0.001, 0.01].map((learningRate, trial) => ({
    ...quick,
    ...{ epochs: 4, augment: 'none', learningRate, schedule: trial % 2 === 0 ? 'constant' : 'one-cycle' },
  })),
};
