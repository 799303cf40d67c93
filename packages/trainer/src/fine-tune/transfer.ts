import { isDeepStrictEqual } from 'node:util';
import { Problem } from '@mnist-edge/recognizer';
import type * as tf from '@tensorflow/tfjs';
import { weightedLayers } from './freeze.ts';

/** A net in words, for the message about two that do not fit. */
export interface Named {
  readonly model: tf.LayersModel;
  readonly name: string;
}

/**
 * Gives a net the weights of another of the same architecture, layer by layer.
 * @param head whether the last layer with weights is among them; without it, that layer keeps its own
 * @throws {Problem} naming both and the first layer where they differ; nothing is changed then
 */
export function transfer(source: Named, target: Named, head: boolean): void {
  const [from, to] = [weightedLayers(source.model), weightedLayers(target.model)];
  const layers = head ? to.length : to.length - 1;
  const last = Math.max(from.length, to.length) - (head ? 0 : 1);
  for (let i = 0; i < last; i++) {
    const [theirs, ours] = [from[i], to[i]].map(describe);
    if (isDeepStrictEqual(theirs, ours)) continue;
    throw new Problem(
      `${source.name} cannot be the start of ${target.name}: layer ${i + 1} with weights is ${theirs} there, and ` +
        `${ours} here. Start from a net of the same architecture, or choose it with --model.`,
    );
  }
  for (let i = 0; i < layers; i++) to[i]!.setWeights(from[i]!.getWeights());
}

/** "Conv2D [3,3,1,8]": kind and shapes. */
function describe(layer: tf.layers.Layer | undefined): string {
  if (layer === undefined) return 'none';
  const shapes = layer.weights.map((weight) => `[${weight.shape.join(',')}]`);
  return `${layer.getClassName()} ${shapes.join(' ')}`;
}
