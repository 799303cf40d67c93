import type * as tf from '@tensorflow/tfjs';
import { type KernelCall, observe } from './record.ts';

/** How many multiplications with an addition a net makes for one image, in its convolutions and products. */
export function multiplyAdds(model: tf.LayersModel): number {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const forward = (input: tf.Tensor) => model.apply(input, { training: false }) as tf.Tensor;
  const { calls } = observe(forward, [1, ...shape], () => undefined);
  return calls.reduce((sum, call) => sum + size(call.outputs[0]!.shape) * termsOf(call), 0);
}

/** Of how many products each number that a kernel gives is the sum. */
function termsOf({ kernel, inputs, attributes }: KernelCall): number {
  switch (kernel) {
    case 'Conv2D':
    case 'FusedConv2D':
      return size(inputs.filter!.shape.slice(0, 3));
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2D':
      return size(inputs.filter!.shape.slice(0, 2));
    case 'BatchMatMul':
    case '_FusedMatMul':
      return inputs.a!.shape.at(attributes.transposeA === true ? -2 : -1)!;
    default:
      return 0;
  }
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, each) => product * each, 1);
}
