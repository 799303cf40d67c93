import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import * as tf from '@tensorflow/tfjs';
import { knowStretch } from './stretch.ts';

/** A model's topology and weights, away from any device. */
export type Snapshot = tf.io.ModelArtifacts;

/** Copies a model's topology and weights out of the backend. */
export async function takeSnapshot(model: tf.LayersModel): Promise<Snapshot> {
  let snapshot: Snapshot | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      snapshot = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  if (snapshot === undefined) throw new Error('tfjs did not call the save handler');
  return snapshot;
}

/** Writes a snapshot as tfjs's layers-model files, `model.json` and `weights.bin`, which `tf.loadLayersModel` reads. */
export async function writeModelFiles(folder: string, snapshot: Snapshot): Promise<void> {
  const { modelTopology, weightSpecs, weightData } = snapshot;
  const manifest = [{ paths: ['weights.bin'], weights: weightSpecs ?? [] }];
  const json = { format: 'layers-model', generatedBy: 'mnist-edge', modelTopology, weightsManifest: manifest };
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(json)}\n`);
}

/**
 * Opens the model in a folder that `writeModelFiles` wrote.
 * @throws {Problem} when a file is missing or is not such a model
 */
export async function openModelFiles(folder: string): Promise<tf.LayersModel> {
  knowStretch();
  try {
    const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as tf.io.ModelJSON;
    const weights = await readFile(join(folder, 'weights.bin'));
    const snapshot: Snapshot = {
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0]!.weights,
      weightData: new Uint8Array(weights).buffer,
    };
    return await tf.loadLayersModel({ load: async () => snapshot });
  } catch (error) {
    throw new Problem(
      `${folder} holds no usable TensorFlow.js model: ${error instanceof Error ? error.message : error}. ` +
        'Make it again: npx nx run trainer:train',
      { cause: error },
    );
  }
}
