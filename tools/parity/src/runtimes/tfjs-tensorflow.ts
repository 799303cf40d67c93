import { join } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import { openModelFiles, predict, startBackend } from '@mnist-edge/trainer';
import { inBatches } from '../batches.ts';
import type { Runtime } from '../runtime.ts';

/** The reference: the trained model itself, in TensorFlow.js on native TensorFlow. */
export const tfjsTensorFlow: Runtime = {
  name: 'tfjs on TensorFlow',
  async open({ folder }) {
    const backend = await startBackend();
    if (backend.warning !== undefined) throw new Problem(backend.warning);
    const model = await openModelFiles(join(folder, 'tfjs'));
    return {
      run: (images) => inBatches(images, (batch) => predict(model, batch)),
      close: async () => {
        model.dispose();
      },
    };
  },
};
