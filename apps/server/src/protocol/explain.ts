import { type OcclusionOptions, occlusionMap, Problem, SIDE } from '@mnist-edge/recognizer';
import { Refusal } from '../http/refusal.ts';
import type { Model } from '../models/model.ts';
import { explainEnvelope } from './envelope.ts';
import { check, readInput } from './infer-request.ts';

/**
 * Why the model answers as it does: how the target's logit falls where a part of the image is blanked.
 * @param json as an inference request of one image, with `target`, `patch` and `stride` among its parameters
 * @returns the answer's JSON, in the form of an inference's
 * @throws {Refusal} 400
 */
export async function explain(json: unknown, model: Model): Promise<object> {
  const { id, inputs, parameters } = check(explainEnvelope, json);
  const { images } = readInput(inputs, model.bundle, 1, new Uint8Array());
  const { name, version, labels } = model.bundle;
  const { target, logit, map } = await occlude(model, images, parameters ?? {});
  return {
    model_name: name,
    model_version: version,
    ...(id !== undefined && { id }),
    parameters: { method: 'occlusion', target, label: labels[target], logit },
    outputs: [{ name: 'occlusion', datatype: 'FP32', shape: [1, SIDE, SIDE], data: Array.from(map) }],
  };
}

async function occlude(
  model: Model,
  image: Float32Array,
  asked: { [K in keyof OcclusionOptions]: OcclusionOptions[K] | undefined },
) {
  const { target, patch, stride } = asked;
  const options: OcclusionOptions = {
    ...(target !== undefined && { target }),
    ...(patch !== undefined && { patch }),
    ...(stride !== undefined && { stride }),
  };
  try {
    return await occlusionMap(image, model.recognizer.logits, options);
  } catch (error) {
    // The image is right by now; what is left to be wrong are the options.
    if (error instanceof Problem) throw new Refusal(400, `parameters: ${error.message}`);
    throw error;
  }
}
