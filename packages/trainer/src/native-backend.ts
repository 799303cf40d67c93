import * as tf from '@tensorflow/tfjs';

type AttributeType = `TF_ATTR_${'TYPE' | 'FLOAT' | 'STRING' | 'BOOL' | 'INT' | 'SHAPE'}`;
type NativeType = 'TF_FLOAT' | 'TF_INT32' | 'TF_INT64' | 'TF_RESOURCE';

/** A tensor that an op made: its number, and of what type and shape it is. */
export interface NativeOutput {
  readonly id: number;
  readonly dtype: number;
  readonly shape: number[];
}

/** The part of tfjs-node's backend that runs a TensorFlow op by name; its types do not give it away. */
export interface NativeBackend {
  readonly binding: Record<AttributeType | NativeType, number> & {
    /** A tensor outside of tfjs, by the number it returns: for types that tfjs has not. */
    createTensor(shape: number[], type: number, data: ArrayBufferView): number;
    deleteTensor(id: number): void;
    executeOp(op: string, attributes: OpAttribute[], inputs: number[], outputs: number): NativeOutput[];
    tensorDataSync(id: number): ArrayBufferView;
    /** Loads what is tagged so in a SavedModel's folder, and returns its number. */
    loadSavedModel(folder: string, tag: string): number;
    /** Names of inputs and outputs are joined by commas. */
    runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): NativeOutput[];
    deleteSavedModel(id: number): void;
  };
  /** True when TensorFlow computes on an NVIDIA GPU. */
  readonly isUsingGpuDevice: boolean;
  /** What is behind each tensor: its number in TensorFlow, and how many tensors of tfjs share it. */
  readonly tensorMap: { get(dataId: object): { id: number; readonly refCount: number } };
  getInputTensorIds(inputs: tf.Tensor[]): number[];
  createOutputTensor(output: NativeOutput): tf.Tensor;
  executeSingleOutput(op: string, attributes: OpAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(op: string, attributes: OpAttribute[], inputs: tf.Tensor[], outputs: number): tf.Tensor[];
}

export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean | readonly number[];
}

/** True when native TensorFlow computes, and so its kernels are at hand. */
export function nativeKernels(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** The backend that computes; call it only where `nativeKernels` is true. */
export function native(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

export function attribute(type: AttributeType, name: string, value: OpAttribute['value']): OpAttribute {
  return { name, type: native().binding[type], value };
}

/** The attributes of that name say that numbers are floats. */
export function floats(...names: string[]): OpAttribute[] {
  return names.map((name) => attribute('TF_ATTR_TYPE', name, native().binding.TF_FLOAT));
}
