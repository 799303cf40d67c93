import { type Bundle, graphNodes, type LastLayer, lastLayer, withOutputs } from '@mnist-edge/recognizer';

/** Tensors in a model's graph that may be asked for. */
export interface TensorNames extends LastLayer {
  /** What the convolutions give. */
  readonly layers: readonly string[];
}

/** A model's file as the worker opens it: more than the answer can be asked for. */
export function asOpened(file: Uint8Array, bundle: Bundle): TensorNames & { readonly model: Uint8Array } {
  const nodes = graphNodes(file);
  const { features, weights } = lastLayer(nodes, bundle.outputs.logits);
  const layers = nodes.filter(({ op }) => op === 'Relu').map(({ outputs }) => outputs[0]!);
  return { features, weights, layers, model: withOutputs(file, [...new Set([features, weights, ...layers])]) };
}
