import type { Bundle } from '@mnist-edge/recognizer';
import { type GraphNode, graphNodes, lastLayerInput, withOutputs } from './onnx-graph.ts';

/** Tensors in a model's graph that may be asked for. */
export interface TensorNames {
  /** What the last layer is given. */
  readonly features: string;
  /** What the convolutions give. */
  readonly layers: readonly string[];
}

/** A model's file as the worker opens it: more than the answer can be asked for. */
export function asOpened(file: Uint8Array, bundle: Bundle): TensorNames & { readonly model: Uint8Array } {
  const names = tensorNames(graphNodes(file), bundle.outputs.logits);
  return { ...names, model: withOutputs(file, [...new Set([names.features, ...names.layers])]) };
}

function tensorNames(nodes: readonly GraphNode[], logits: string): TensorNames {
  return {
    features: lastLayerInput(nodes, logits),
    layers: nodes.filter(({ op }) => op === 'Relu').map(({ outputs }) => outputs[0]!),
  };
}
