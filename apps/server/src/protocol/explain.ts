import { classActivationMap, type OcclusionOptions, occlusionMap, Problem, SIDE } from '@mnist-edge/recognizer';
import type * as v from 'valibot';
import { Refusal } from '../http/refusal.ts';
import type { Model } from '../models/model.ts';
import { explainEnvelope } from './envelope.ts';
import { check, readInput } from './infer-request.ts';

type Parameters = NonNullable<v.InferOutput<typeof explainEnvelope>['parameters']>;

/**
 * Why the model answers as it does: how the target's logit falls where a part of the image is blanked, or what the last
 * layer adds to it at each place.
 * @param json as an inference request of one image, with `method`, `target`, `patch` and `stride` among its parameters
 * @returns the answer's JSON, in the form of an inference's
 * @throws {Refusal} 400, and 503 when too many images wait
 */
export async function explain(json: unknown, model: Model): Promise<object> {
  const { id, inputs, parameters = {} } = check(explainEnvelope, json);
  const { images } = readInput(inputs, model.bundle, 1, new Uint8Array());
  const { name, version, labels } = model.bundle;
  const { method = 'occlusion' } = parameters;
  const { target, logit, map } = await mapOf(method, model, images, parameters);
  return {
    model_name: name,
    model_version: version,
    ...(id !== undefined && { id }),
    parameters: { method, target, label: labels[target], logit },
    outputs: [{ name: method, datatype: 'FP32', shape: [1, SIDE, SIDE], data: Array.from(map) }],
  };
}

async function mapOf(method: NonNullable<Parameters['method']>, model: Model, image: Float32Array, asked: Parameters) {
  try {
    return await (method === 'occlusion' ? occlude(model, image, asked) : activate(model, image, asked));
  } catch (error) {
    // The image is right by now; what is left to be wrong are the parameters.
    if (error instanceof Problem) throw new Refusal(400, `parameters: ${error.message}`);
    throw error;
  }
}

function occlude(model: Model, image: Float32Array, { target, patch, stride }: Parameters) {
  const options: OcclusionOptions = {
    ...(target !== undefined && { target }),
    ...(patch !== undefined && { patch }),
    ...(stride !== undefined && { stride }),
  };
  return occlusionMap(image, model.recognizer.logits, options);
}

async function activate(model: Model, image: Float32Array, { target, patch, stride }: Parameters) {
  if (patch !== undefined || stride !== undefined) {
    throw new Problem('patch and stride are of method "occlusion"; "class-activation" blanks nothing.');
  }
  // It goes past the queue, and so must not while others are turned away from that.
  model.admit();
  return classActivationMap(await model.look(image), target);
}
