import { runPythonTool } from './python-tool.ts';

/** In what form a model keeps its numbers: all computes in float32 but `int8`. */
export const precisions = ['fp32', 'fp16', 'int8'] as const;
export type Precision = (typeof precisions)[number];

/** What a model is given: 0..1 as float32, or grey levels of 0..255 as bytes, which it divides by 255 itself. */
export const inputTypes = ['float32', 'uint8'] as const;
export type InputType = (typeof inputTypes)[number];

export interface Variant {
  /** Weights in 16 bits, widened again when the model is opened. */
  readonly halfWeights: boolean;
  /** Grey levels of 0..255 as bytes instead of 0..1. */
  readonly byteInput: boolean;
}

/**
 * Makes another form of an ONNX file, which gives the same answers: to the last bit with bytes instead of 0..1, and within
 * what float16 rounds weights and biases with those.
 * @param source a finished ONNX file, of fp32 or int8
 * @param target the ONNX file to write
 * @throws {Problem} when the file has no float32 weights to halve or one too large for float16, or the tool is not set up
 */
export async function makeVariant(source: string, target: string, { halfWeights, byteInput }: Variant): Promise<void> {
  await runPythonTool('mnist-edge-onnx', [
    ...['variant', '--input', source, '--output', target],
    ...(halfWeights ? ['--half-weights'] : []),
    ...(byteInput ? ['--byte-input'] : []),
  ]);
}
