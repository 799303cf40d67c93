import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Graph } from './graph.ts';
import { writeGraphModel } from './graph-model.ts';

/** Runs a graph in TensorFlow.js by way of its graph-model files in `folder`; for tests. */
export async function runGraph(graph: Graph, folder: string, input: tf.Tensor): Promise<tf.Tensor[]> {
  await writeGraphModel(folder, graph);
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  const weights = await readFile(join(folder, 'weights.bin'));
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0].weights,
      weightData: new Uint8Array(weights).buffer,
    }),
  );
  return [model.execute({ [graph.input.name]: input }, [...graph.outputs])].flat() as tf.Tensor[];
}

/** The largest absolute difference of two tensors. */
export function distance(a: tf.Tensor, b: tf.Tensor): number {
  return a.sub(b).abs().max().dataSync()[0]!;
}

/** Gives batch norm the statistics and weights of a trained net, so that folding them has something to fold. */
export function scramble(model: tf.LayersModel, seed: number): void {
  model.setWeights(
    model.getWeights().map((weight, i) => {
      const noise = tf.randomUniform(weight.shape, -0.5, 0.5, 'float32', seed + i);
      // A variance must stay above 0; the rest of the weights may be anything.
      return weight
        .add(noise)
        .abs()
        .add(0.1)
        .mul(weight.rank === 1 ? 1 : noise.sign());
    }),
  );
}
