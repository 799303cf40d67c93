import * as tf from '@tensorflow/tfjs';

/** Significant bits of a float32 and of a float16. */
export const FLOAT32_BITS = 24;
export const FLOAT16_BITS = 11;

/**
 * Rounds a trained net's kernels to fewer significant bits, so that its files compress better: the zeros at the end of
 * every number cost next to nothing. It is one net all the same, of float32, on every runtime.
 * Batch norm is scaled into the convolution before it first, as export does; else what is rounded here would be scaled
 * there, and be round no more.
 * @param bits from 2 to 24; 24 leaves the net as it is
 */
export async function roundKernels(model: tf.LayersModel, bits: number): Promise<void> {
  if (bits >= FLOAT32_BITS) return;
  for (const layer of model.layers)
    if (layer.getClassName() === 'BatchNormalization') await scaleIntoConvolution(layer);
  for (const layer of model.layers) {
    const weights = layer.getWeights();
    if (!weights.some((weight) => weight.rank > 1)) continue;
    const numbers = await readAll(weights);
    setWeights(
      layer,
      weights.map(({ rank, shape }, i) => [rank < 2 ? numbers[i]! : rounded32(numbers[i]!, bits), shape]),
    );
  }
}

/** The nearest numbers with so many significant bits; halfway away from zero. */
export function rounded32(numbers: Float32Array, bits: number): Float32Array {
  const words = new Uint32Array(numbers.slice().buffer);
  const dropped = FLOAT32_BITS - bits;
  if (dropped <= 0) return new Float32Array(words.buffer);
  const half = 2 ** (dropped - 1);
  const mask = (0xffffffff << dropped) >>> 0;
  // A carry out of the significand goes into the exponent, which is what it should do.
  for (let i = 0; i < words.length; i++) words[i] = ((words[i]! + half) & mask) >>> 0;
  return new Float32Array(words.buffer);
}

/** Makes a batch norm's scale 1 by scaling the kernel of the convolution that alone feeds it; any other is left alone. */
async function scaleIntoConvolution(norm: tf.layers.Layer): Promise<void> {
  const [before, ...more] = norm.inboundNodes.flatMap((node) => node.inboundLayers);
  if (before === undefined || more.length > 0 || before.getClassName() !== 'Conv2D') return;
  if (before.outboundNodes.length !== 1 || before.getConfig().useBias === true) return;
  const { epsilon } = norm.getConfig() as { epsilon: number };
  const [gamma, beta, mean, variance] = await readAll(norm.getWeights());
  const kernel = before.getWeights()[0]!;
  const numbers = await kernel.data<'float32'>();
  const scale = Float64Array.from(gamma!, (value, i) => value / Math.sqrt(variance![i]! + epsilon));
  const scaled = numbers.map((value, i) => value * scale[i % scale.length]!);
  const shift = beta!.map((value, i) => value - mean![i]! * scale[i]!);
  const ones = shift.map(() => 1);
  setWeights(before, [[scaled, kernel.shape]]);
  // With the epsilon, the variance comes to 1 again.
  setWeights(
    norm,
    [ones, shift, shift.map(() => 0), ones.map((one) => one - epsilon)].map((data) => [data, [data.length]]),
  );
}

function readAll(weights: readonly tf.Tensor[]): Promise<Float32Array[]> {
  return Promise.all(weights.map((weight) => weight.data<'float32'>()));
}

function setWeights(layer: tf.layers.Layer, weights: readonly (readonly [Float32Array, number[]])[]): void {
  const tensors = weights.map(([data, shape]) => tf.tensor(data, shape));
  layer.setWeights(tensors);
  tf.dispose(tensors);
}
