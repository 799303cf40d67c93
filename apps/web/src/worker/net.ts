import {
  type Bundle,
  classActivationMap,
  createRecognizer,
  type OrtSession,
  type OrtTensor,
  Problem,
  type Recognizer,
  SIDE,
  toTensor,
} from '@mnist-edge/recognizer';
import { Tensor } from '../engine.ts';
import { type OpenOptions, openModel } from './open-model.ts';
import { applyTuning, type Tuning } from './tune.ts';

/** What a convolution made of an image: `channels` pictures of `height` × `width`, one after another. */
export interface Layer {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** A loaded model that can be asked for more than its answer, and whose last layer can be tuned. */
export interface Net {
  readonly bundle: Bundle;
  /** Answers as tuned, if it is. */
  readonly recognizer: Recognizer;
  /** What the last layer is given and what it makes of it, untuned. @param image 28 × 28 bytes */
  look(image: Uint8Array): Promise<{ features: Float32Array; logits: Float32Array }>;
  /**
   * Which places speak for a label, see `classActivationMap`: as the model was published, whatever was tuned since.
   * @returns null where the model has no such map
   */
  classActivation(image: Uint8Array, label: number): Promise<Float32Array | null>;
  /** What each convolution makes of an image of 28 × 28 bytes. */
  layers(image: Uint8Array): Promise<Layer[]>;
  /** From now on answers are tuned so; null: as the model was published. */
  setTuning(tuning: Tuning | null): void;
}

/** @throws {Problem} when a file cannot be fetched, is not the published one, or onnxruntime cannot open it */
export async function loadNet(modelUrl: string, options: OpenOptions): Promise<Net> {
  const { bundle, session, features, weights, layers: convolutions } = await openModel(modelUrl, options);
  let tuning: Tuning | null = null;

  /** The session as `createRecognizer` sees it: its logits are the tuned ones. */
  const tuned: OrtSession<Tensor> = {
    async run(feeds, fetches) {
      if (tuning === null) return session.run(feeds, fetches);
      const results = await session.run(feeds, [...fetches, features]);
      tuneAll(tuning, bundle.labels.length, numbers(results[bundle.outputs.logits]), numbers(results[features]));
      return results;
    },
  };

  function run(image: Uint8Array, fetches: readonly string[]): Promise<Readonly<Record<string, OrtTensor>>> {
    const input = new Tensor('float32', toTensor(image), [1, SIDE, SIDE, 1]);
    return session.run({ [bundle.input.name]: input }, fetches);
  }

  return {
    bundle,
    recognizer: createRecognizer({ Tensor }, tuned, bundle),
    setTuning: (next) => {
      tuning = next;
    },
    async look(image) {
      const results = await run(image, [features, bundle.outputs.logits]);
      return { features: numbers(results[features]), logits: numbers(results[bundle.outputs.logits]) };
    },
    async classActivation(image, label) {
      const { logits } = bundle.outputs;
      const results = await run(image, [features, weights, logits]);
      const tensors = { features: results[features]!, weights: results[weights]!, logits: results[logits]! };
      try {
        return classActivationMap(tensors, label).map;
      } catch (error) {
        if (error instanceof Problem) return null;
        throw error;
      }
    },
    async layers(image) {
      const results = await run(image, convolutions);
      return convolutions.flatMap((name) => {
        const { dims } = results[name]!;
        const [, channels, height, width] = dims;
        return dims.length === 4
          ? [{ name, channels: channels!, height: height!, width: width!, values: numbers(results[name]) }]
          : [];
      });
    },
  };
}

function tuneAll(tuning: Tuning, classes: number, logits: Float32Array, features: Float32Array): void {
  const width = (features.length * classes) / logits.length;
  for (let i = 0; i * classes < logits.length; i++) {
    applyTuning(tuning, logits.subarray(i * classes, (i + 1) * classes), features.subarray(i * width, (i + 1) * width));
  }
}

function numbers(tensor: OrtTensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Problem('The model gave something else than float32 numbers.');
  return tensor.data;
}
