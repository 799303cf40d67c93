import { type Bundle, PIXELS, SIDE } from '@mnist-edge/recognizer';
import { loadModel } from '@mnist-edge/server';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** A model as onnxruntime alone runs it, without anything of ours around it. */
export interface RawModel {
  readonly bundle: Bundle;
  /** Of the model file, lower-case hex. */
  readonly sha256: string;
  readonly session: InferenceSession;
  /** One `session.run` of `batch` images, all outputs. */
  run(batch: number): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Opens a bundle's model with one thread.
 * @throws {Problem} when there is no such bundle or a file is not the published one
 */
export async function openModel(folder: string): Promise<RawModel> {
  const { bundle, sha256, files, close } = await loadModel(folder);
  await close();
  const { bytes } = files.get(bundle.model)!;
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const batches = new Map<number, Record<string, Tensor>>();
  return {
    bundle,
    sha256,
    session,
    run: (batch) => {
      const feeds = batches.get(batch) ?? { [bundle.input.name]: tensor(batch) };
      batches.set(batch, feeds);
      return session.run(feeds, [bundle.outputs.logits, bundle.outputs.probabilities]);
    },
    close: () => session.release(),
  };
}

/** Some greys; how long a run takes does not depend on them. */
function tensor(batch: number): Tensor {
  const images = Float32Array.from({ length: batch * PIXELS }, (_, i) => ((i * 7919) % 256) / 255);
  return new Tensor('float32', images, [batch, SIDE, SIDE, 1]);
}
