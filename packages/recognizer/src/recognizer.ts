import { type Answer, answer, blankAnswer, type Rejection } from './answer.ts';
import type { Bundle } from './bundle.ts';
import type { Box } from './components.ts';
import type { GreyImage } from './grey-image.ts';
import { normalize } from './normalize.ts';
import { partsOfInk, partsOfStrokes } from './parts.ts';
import { Problem } from './problem.ts';
import { bestReading, candidatesOf } from './segment.ts';
import type { Stroke } from './strokes.ts';
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

/** One digit of a line, or what stands in its place. */
export interface LineDigit extends Recognition {
  /** Where it is, in the unit of what was given. */
  readonly box: Box;
}

/** What a line of digits says. */
export interface Line {
  /** The labels from left to right; `?` stands for a part that is no digit. Empty where nothing was drawn. */
  readonly text: string;
  readonly digits: readonly LineDigit[];
  /** Null when every part is a digit. */
  readonly rejection: Rejection | null;
}

/** Ink (bright on black, see `findInk`), or a pen's strokes in any unit. */
export type Drawing = GreyImage | readonly Stroke[];

export interface Recognizer {
  readonly bundle: Bundle;
  /** Logits `[batch, labels]`, flat, of images `[batch, 28, 28, 1]` in 0..1, flat. */
  logits(images: Float32Array): Promise<Float32Array>;
  /** Recognizes one digit in an image whose ink is bright on black (see `findInk`), of any size. */
  recognize(ink: GreyImage): Promise<Recognition>;
  /**
   * Recognizes the digits of one line, from left to right: any number of them, though it is made for no more than ten.
   * The net looks once at every piece that may be a digit, in one run.
   */
  recognizeLine(drawing: Drawing): Promise<Line>;
}

/** Beside digits one expects a digit: there an answer may be this share as probable as it has to be alone. */
const AMONG_DIGITS = 0.5;

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

  async function recognizeLine(drawing: Drawing): Promise<Line> {
    const { list, height, draw } = 'pixels' in drawing ? partsOfInk(drawing) : partsOfStrokes(drawing);
    if (list.length === 0) return { text: '', digits: [], rejection: 'blank' };
    const candidates = candidatesOf(list, height);
    const images = candidates.map(({ first, last }) => normalize(draw(first, last))!);
    const tensor = new Float32Array(images.length * PIXELS);
    images.forEach((image, i) => {
      toTensor(image, tensor.subarray(i * PIXELS, (i + 1) * PIXELS));
    });
    const all = await logits(tensor);
    const classes = bundle.labels.length;
    const answers = images.map((_, i) => answer(all.subarray(i * classes, (i + 1) * classes), bundle));
    const sureness = answers.map(({ probabilities }) => Math.log(Math.max(...probabilities)));
    const reading = bestReading(list, height, candidates, sureness);
    const accepted = reading.filter((i) => answers[i]!.rejection === null).length;
    const { rejection: _, ...judgement } = bundle;
    const lenient = { ...judgement, rejectionThreshold: AMONG_DIGITS * bundle.rejectionThreshold };
    const isNumber = accepted >= reading.length / 2;
    const digits = reading.map((i) => ({
      ...(isNumber ? answer(all.subarray(i * classes, (i + 1) * classes), lenient) : answers[i]!),
      image: images[i]!,
      box: candidates[i]!.box,
    }));
    return {
      text: digits.map(({ label }) => label ?? '?').join(''),
      digits,
      rejection: digits.find(({ rejection }) => rejection !== null)?.rejection ?? null,
    };
  }

  return { bundle, logits, recognize, recognizeLine };
}

function describe(output: OrtTensor | undefined): string {
  if (output === undefined) return 'missing';
  const { data, dims } = output;
  return ArrayBuffer.isView(data)
    ? `a ${data.constructor.name} of ${data.byteLength} bytes, [${dims.join(', ')}]`
    : `${typeof data} data, [${dims.join(', ')}]`;
}
