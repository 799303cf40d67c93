import type { Model } from '../models/model.ts';

/** What the server is, as the protocol's REST and gRPC forms both say it. */
export function serverMetadata(version: string) {
  return { name: 'mnist-edge', version, extensions: ['binary_tensor_data', 'classification', 'model_repository'] };
}

/**
 * What a model is, as both forms say it. The datatype is the one of the model itself; UINT8 is taken too.
 * @param versions of all models of that name, the highest first
 */
export function modelMetadata(
  { bundle, precision, sha256 }: Pick<Model, 'bundle' | 'precision' | 'sha256'>,
  versions: readonly string[],
) {
  const output = (name: string) => ({ name, datatype: 'FP32', shape: [-1, bundle.labels.length] });
  return {
    name: bundle.name,
    versions,
    platform: 'onnx_onnxv1',
    inputs: [{ name: bundle.input.name, datatype: 'FP32', shape: [-1, ...bundle.input.shape.slice(1)] }],
    outputs: [output(bundle.outputs.logits), output(bundle.outputs.probabilities)],
    properties: { precision, sha256 },
  };
}
