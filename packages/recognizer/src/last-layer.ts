import type { GraphNode } from './onnx-graph.ts';
import { Problem } from './problem.ts';

/** Names of the tensors that a net's last layer, a dense one, makes its logits of; `withOutputs` lets them be asked for. */
export interface LastLayer {
  /**
   * What it is given. Where that is the mean of each channel or all channels in one row, it is the channels at every
   * place, from which that is made: they tell more images apart, and where in the image something is.
   */
  readonly features: string;
  /** What it multiplies that with. */
  readonly weights: string;
}

/**
 * Finds the last layer in a graph.
 * @param logits name of the graph's output
 * @throws {Problem} when no dense layer makes the logits
 */
export function lastLayer(nodes: readonly GraphNode[], logits: string): LastLayer {
  const makerOf = (tensor: string | undefined) => nodes.find(({ outputs }) => outputs.includes(tensor ?? ''));
  const last = makerOf(logits);
  const product = last?.op === 'Add' ? last.inputs.map(makerOf).find((node) => node?.op === 'MatMul') : last;
  const [given, weights] = product?.inputs ?? [];
  if (given === undefined || weights === undefined || !['MatMul', 'Gemm'].includes(product!.op)) {
    throw new Problem(
      `The model's last layer is ${last?.op ?? 'missing'}; a dense layer was expected to make "${logits}".`,
    );
  }
  // In a model of 8-bit integers what the layer is given is rounded to them first.
  const rounded = makerOf(given);
  const rounding = rounded?.op === 'DequantizeLinear' ? makerOf(rounded.inputs[0]) : undefined;
  const exact = rounding?.op === 'QuantizeLinear' ? rounding.inputs[0]! : given;
  const maker = makerOf(exact);
  return { features: maker?.op === 'ReduceMean' || maker?.op === 'Reshape' ? maker.inputs[0]! : exact, weights };
}
