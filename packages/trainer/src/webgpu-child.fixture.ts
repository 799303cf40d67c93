import { join } from 'node:path';
import { readSplit } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import { startBackend } from './backend.ts';
import { predict } from './epochs.ts';
import { openModelFiles } from './model-files.ts';
import { trainRun } from './train-run.ts';

/** What the child says of itself on its last line. */
export interface Told {
  readonly backend: { readonly name: string; readonly description: string; readonly warning?: string };
  /** Tensors that training left on the GPU. */
  readonly left: number;
  /** Of the validation images, by the trained model as its files give it. */
  readonly logits: number[];
  /** Of a tensor that no GPU has room for. */
  readonly refusal: string;
}

/** Trains what the first argument says, in a process of its own: only its environment decides which GPU there is. */
const request = JSON.parse(process.argv[2]!);
const backend = await startBackend('webgpu');
const before = tf.memory().numTensors;
await trainRun({ ...request, backend });
const left = tf.memory().numTensors - before;
const model = await openModelFiles(join(request.folder, 'model'));
const logits = [...(await predict(model, (await readSplit(request.dataset, 'validation')).images))];
const refusal = await tf
  .fill([2 ** 16, 2 ** 16], 1)
  .sum()
  .data()
  .then(String, (error: Error) => error.message);
const told: Told = { backend, left, logits, refusal };
process.stdout.write(`\n${JSON.stringify(told)}\n`);
