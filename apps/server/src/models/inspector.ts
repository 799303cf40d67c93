import {
  type Bundle,
  graphNodes,
  type LastLayerTensors,
  lastLayer,
  type OrtTensor,
  SIDE,
  withOutputs,
} from '@mnist-edge/recognizer';
import { type InferenceSession, Tensor } from 'onnxruntime-node';

/** Asks a model for more than its answer. */
export interface Inspector {
  /**
   * What the last layer makes of an image `[28, 28, 1]` in 0..1, flat.
   * @throws {Problem} when the model ends in no dense layer
   */
  look(image: Float32Array): Promise<LastLayerTensors>;
  release(): Promise<void>;
}

/**
 * An inspector with a session of its own, which is opened when it is first asked: what onnxruntime gives out it cannot
 * optimise away, and the session that answers everybody else must stay as quick and as small as it is.
 * @param file bytes of the model
 * @param open makes a session of such bytes
 */
export function createInspector(
  file: Uint8Array,
  bundle: Bundle,
  open: (file: Uint8Array) => Promise<InferenceSession>,
): Inspector {
  let opening: ReturnType<typeof openAll> | null = null;

  async function openAll() {
    const names = lastLayer(graphNodes(file), bundle.outputs.logits);
    return { ...names, session: await open(withOutputs(file, [names.features, names.weights])) };
  }

  return {
    async look(image) {
      opening ??= openAll();
      const { session, features, weights } = await opening.catch((error) => {
        // The next one may have more luck, with more memory free, say.
        opening = null;
        throw error;
      });
      const { logits } = bundle.outputs;
      const input = new Tensor('float32', image, [1, SIDE, SIDE, 1]);
      const results: Readonly<Record<string, OrtTensor>> = await session.run({ [bundle.input.name]: input }, [
        features,
        weights,
        logits,
      ]);
      return { features: results[features]!, weights: results[weights]!, logits: results[logits]! };
    },
    async release() {
      const opened = await opening?.catch(() => null);
      await opened?.session.release();
    },
  };
}
