import { join } from 'node:path';
import { createRecognizer, toTensor } from '@mnist-edge/recognizer';
import * as ort from 'onnxruntime-node';
import { inBatches } from '../batches.ts';
import type { Runtime } from '../runtime.ts';

/** onnxruntime's native library, in this process. */
export const onnxruntimeNode: Runtime = {
  name: 'onnxruntime-node',
  async open({ folder, bundle }) {
    const session = await ort.InferenceSession.create(join(folder, bundle.model), { intraOpNumThreads: 1 });
    const recognizer = createRecognizer(ort, session, bundle);
    return {
      run: (images) => inBatches(images, (batch) => recognizer.logits(toTensor(batch))),
      close: () => session.release(),
    };
  },
};
