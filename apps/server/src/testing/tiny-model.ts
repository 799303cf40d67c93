import { PIXELS } from '@mnist-edge/recognizer';

/**
 * For tests: an ONNX model, made by hand, whose "convolution" is the image itself and whose classes are two: how much ink
 * there is, and how little. So which pixels speak for them is known.
 * @param weights of the last layer: one for each pixel where it is given them all in a row, else one for their mean
 * @returns a model of input `image` `[batch, 28, 28, 1]` and output `logits` `[batch, 2]`, with biases 1 and 2
 */
export function tinyModel(weights: readonly number[]): Uint8Array {
  const isFlat = weights.length === PIXELS;
  const table = Float32Array.from(weights.flatMap((weight) => [weight, -weight]));
  const [how, numbers]: [string, readonly number[]] = isFlat ? ['Reshape', [-1, PIXELS]] : ['ReduceMean', [1, 2]];
  const graph = [
    ...node('Relu', ['image'], 'seen'),
    ...node(how, ['seen', 'numbers'], 'given'),
    ...node('MatMul', ['given', 'weights'], 'product'),
    ...node('Add', ['product', 'biases'], 'logits'),
    ...text(2, 'tiny'),
    ...initializer('numbers', INT64, [2], BigInt64Array.from(numbers, BigInt)),
    ...initializer('weights', FLOAT, [weights.length, 2], table),
    ...initializer('biases', FLOAT, [2], Float32Array.of(1, 2)),
    ...message(11, valueInfo('image', ['batch', 28, 28, 1])),
    ...message(12, valueInfo('logits', ['batch', 2])),
  ];
  const opset18 = message(8, number(2, 18));
  return Uint8Array.from([...number(1, 8), ...opset18, ...message(7, graph)]);
}

/** Data types of onnx.proto. */
const FLOAT = 1;
const INT64 = 7;

function node(op: string, inputs: readonly string[], output: string): number[] {
  const keepsNoSides = message(5, [...text(1, 'keepdims'), ...number(3, 0), ...number(20, 2)]);
  return message(1, [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(4, op),
    ...(op === 'ReduceMean' ? keepsNoSides : []),
  ]);
}

function initializer(name: string, type: number, dims: readonly number[], data: ArrayBufferView): number[] {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(5, [
    ...dims.flatMap((side) => number(1, side)),
    ...number(2, type),
    ...text(8, name),
    ...message(9, [...bytes]),
  ]);
}

function valueInfo(name: string, dims: readonly (string | number)[]): number[] {
  const shape = dims.flatMap((side) => message(1, typeof side === 'string' ? text(2, side) : number(1, side)));
  return [...text(1, name), ...message(2, message(1, [...number(1, FLOAT), ...message(2, shape)]))];
}

function text(field: number, value: string): number[] {
  return message(field, [...Buffer.from(value)]);
}

function message(field: number, bytes: readonly number[]): number[] {
  return [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
}

function number(field: number, value: number): number[] {
  return [...varint(field << 3), ...varint(value)];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}
