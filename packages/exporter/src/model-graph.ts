import type * as tf from '@tensorflow/tfjs';
import { float, type Graph } from './graph.ts';
import { record } from './record.ts';
import { simplify } from './simplify.ts';
import { translate } from './translate.ts';

/** Names of the graph's input and outputs, the contract of every bundle. */
export const names = { input: 'image', logits: 'logits', probabilities: 'probabilities' } as const;

/**
 * The graph of a trained net: `image` → `logits` and `probabilities` = softmax(logits / temperature).
 * @param model images `[batch, 28, 28, 1]` → logits `[batch, classes]`
 * @throws {Problem} when the net has a layer that cannot be exported, naming its kernel
 */
export function modelGraph(model: tf.LayersModel, temperature: number): Graph {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const { running, restore } = watchLayers(model);
  try {
    const recording = record((input) => model.apply(input, { training: false }) as tf.Tensor, shape, running);
    return addHead(simplify(translate(recording, names.input)), temperature);
  } finally {
    restore();
  }
}

/** Keeps track of which of a model's layers is running, by its name and class. */
function watchLayers(model: tf.LayersModel): { running: () => string | undefined; restore: () => void } {
  let current: string | undefined;
  const originals = model.layers.map((layer) => {
    const { call } = layer;
    layer.call = (inputs, kwargs) => {
      current = `"${layer.name}" (${layer.getClassName()})`;
      try {
        return call.call(layer, inputs, kwargs);
      } finally {
        current = undefined;
      }
    };
    return { layer, call };
  });
  return {
    running: () => current,
    restore: () => {
      for (const { layer, call } of originals) layer.call = call;
    },
  };
}

/** Names the output `logits` and adds the calibrated probabilities behind it. */
function addHead(graph: Graph, temperature: number): Graph {
  const last = graph.nodes.at(-1)!;
  const scale = { name: 'inverse_temperature', shape: [], data: Float32Array.of(1 / temperature) };
  const { shape } = last;
  return {
    ...graph,
    nodes: [
      ...graph.nodes.slice(0, -1),
      { ...last, name: names.logits },
      { name: 'calibrated', op: 'Mul', inputs: [names.logits, scale.name], attributes: { T: float }, shape },
      { name: names.probabilities, op: 'Softmax', inputs: ['calibrated'], attributes: { T: float }, shape },
    ],
    weights: new Map([...graph.weights, [scale.name, scale]]),
    outputs: [names.logits, names.probabilities],
  };
}
