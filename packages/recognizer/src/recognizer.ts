import { type Answer, answer, blankAnswer } from './answer.ts';
import type { Bundle } from './bundle.ts';
import type { GreyImage } from './grey-image.ts';
import { normalize } from './normalize.ts';
import { Problem } from './problem.ts';
import { PIXELS, SIDE, toTensor } from './tensor.ts';

/** The part of onnxruntime's Tensor that is used here; onnxruntime-node's and onnxruntime-web's both fit. */
export interface OrtTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** The part of an onnxruntime InferenceSession that is used here. */
export interface OrtSession<Tensor extends OrtTensor = OrtTensor> {
  run(feeds: Record<string, Tensor>, fetches: readonly string[]): Promise<Readonly<Record<string, OrtTensor>>>;
}

/** A runtime (`onnxruntime-node`, `onnxruntime-web/wasm`) as far as it is used here: it makes tensors. */
export interface Ort<Tensor extends OrtTensor = OrtTensor> {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
}

export interface Recognition extends Answer {
  /** The 28 × 28 bytes the net saw, ink bright, row-major; all 0 for a blank image. */
  readonly image: Uint8Array;
}

export interface Recognizer {
  readonly bundle: Bundle;
  /** Logits `[batch, labels]`, flat, of images `[batch, 28, 28, 1]` in 0..1, flat. */
  logits(images: Float32Array): Promise<Float32Array>;
  /** Recognizes one digit in an image whose ink is bright on black (see `findInk`), of any size. */
  recognize(ink: GreyImage): Promise<Recognition>;
}

/**
 * A recognizer over a session that the caller made from the bundle's model and will release.
 * @example
 * const session = await ort.InferenceSession.create(modelBytes);
 * const recognizer = createRecognizer(ort, session, parseBundle(json));
 * const { label, probabilities } = await recognizer.recognize(findInk(image));
 */
export function createRecognizer<Tensor extends OrtTensor>(
  ort: Ort<Tensor>,
  session: OrtSession<Tensor>,
  bundle: Bundle,
): Recognizer {
  async function logits(images: Float32Array): Promise<Float32Array> {
    const batch = images.length / PIXELS;
    if (!Number.isInteger(batch) || batch < 1) {
      throw new Problem(
        `A batch needs ${PIXELS} numbers an image; ${images.length} numbers are not a whole number of images.`,
      );
    }
    const input = new ort.Tensor('float32', images, [batch, SIDE, SIDE, 1]);
    const results = await session.run({ [bundle.input.name]: input }, [bundle.outputs.logits]);
    const output = results[bundle.outputs.logits];
    const expected = [batch, bundle.labels.length];
    if (
      !(output?.data instanceof Float32Array) ||
      output.dims.join() !== expected.join() ||
      output.data.length !== batch * bundle.labels.length
    ) {
      throw new Problem(
        `${bundle.name} ${bundle.version} does not keep its contract: output "${bundle.outputs.logits}" should be ` +
          `float32 [${expected.join(', ')}] and is ${describe(output)}. Export the model again: npx nx run exporter:export`,
      );
    }
    return output.data;
  }

  async function recognize(ink: GreyImage): Promise<Recognition> {
    const image = normalize(ink);
    if (image === null) return { ...blankAnswer(bundle), image: new Uint8Array(PIXELS) };
    return { ...answer(await logits(toTensor(image)), bundle), image };
  }

  return { bundle, logits, recognize };
}

function describe(output: OrtTensor | undefined): string {
  if (output === undefined) return 'missing';
  const { data, dims } = output;
  return ArrayBuffer.isView(data)
    ? `a ${data.constructor.name} of ${data.byteLength} bytes, [${dims.join(', ')}]`
    : `${typeof data} data, [${dims.join(', ')}]`;
}
