import { Problem } from '@mnist-edge/recognizer';
import type * as tf from '@tensorflow/tfjs';

/** The layers that have weights, first to last: those that `--freeze` counts. */
export function weightedLayers(model: tf.LayersModel): tf.layers.Layer[] {
  return model.layers.filter((layer) => layer.weights.length > 0);
}

/**
 * Holds the first `count` layers with weights still: they run as they do when nothing is learned, so that batch norm
 * keeps its moving statistics. `layer.trainable` stays as it is, for it would change the order of the model's weights
 * and go into its files.
 * @param count from 0 to one less than there are such layers
 * @returns the variables that are left to train, first to last
 * @throws {Problem} when nothing would be left to train
 */
export function freeze(model: tf.LayersModel, count: number): tf.Variable[] {
  const layers = weightedLayers(model);
  checkFreeze(model, count);
  for (const layer of layers.slice(0, count)) {
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
  }
  return layers.slice(count).flatMap((layer) => layer.trainableWeights.map((weight) => weight.read() as tf.Variable));
}

/** @throws {Problem} when that many layers cannot be frozen */
export function checkFreeze(model: tf.LayersModel, count: number): void {
  const layers = weightedLayers(model).length;
  if (count < layers) return;
  throw new Problem(
    `--freeze ${count} leaves nothing to train: the net has ${layers} layers with weights (a batch norm is one). ` +
      `Give a whole number from 0 to ${layers - 1}.`,
  );
}
