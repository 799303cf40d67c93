import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { releasedModel } from '../testing/released.ts';
import { loadModel } from './model.ts';
import { openDirect } from './session.ts';

test.each([1, 3])('%d images give the numbers that the documented session gives, in the order asked', async (batch) => {
  const { bundle, close } = await loadModel(releasedModel);
  await close();
  const bytes = await readFile(join(releasedModel, bundle.model));
  const options = { intraOpNumThreads: 1 };
  const images = Float32Array.from({ length: batch * PIXELS }, (_, i) => ((i * 7919) % 256) / 255);
  const documented = await InferenceSession.create(bytes, options);
  const fetched = await documented.run({ [bundle.input.name]: new Tensor('float32', images, [batch, SIDE, SIDE, 1]) });
  const direct = openDirect(bytes, options, bundle);
  const { logits, probabilities } = bundle.outputs;
  for (const names of [[logits, probabilities], [probabilities, logits], [logits]]) {
    expect(direct.run(images, names)).toEqual(names.map((name) => fetched[name]!.data));
  }
  direct.release();
  await documented.release();
});
