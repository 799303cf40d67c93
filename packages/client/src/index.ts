export {
  type Client,
  createClient,
  type ExplainOptions,
  type Explanation,
  type ModelMetadata,
  type ServerMetadata,
  type TensorMetadata,
} from './client.ts';
export { type FailureKind, InferenceError } from './errors.ts';
export type { Inference, InferOptions } from './infer.ts';
export type { Box, Line, ModelIdentity, Picture, Point, Reading, Recognition } from './recognize.ts';
export type { OutputTensor, Tensor, TensorData } from './tensor.ts';
export type { CallOptions, ClientOptions } from './transport.ts';
