import { drawStrokes, findInk, type GreyImage, greyImage, layOut, SIDE, type Stroke } from '@mnist-edge/recognizer';
import * as v from 'valibot';
import { Refusal } from '../http/refusal.ts';
import { check } from '../protocol/infer-request.ts';
import { decodePicture, LONGEST_SIDE, MOST_PIXELS } from './picture.ts';

/** More points than a hand draws in minutes; what they cost to draw is bounded by it. */
const MOST_POINTS = 20_000;

const side = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be a whole number'),
  v.minValue(1, 'must be at least 1'),
  v.maxValue(LONGEST_SIDE, `must be at most ${LONGEST_SIDE}`),
);
const coordinate = v.pipe(
  v.number('must be a number'),
  v.finite('must be finite'),
  v.minValue(-1e6, 'must be at least -1000000'),
  v.maxValue(1e6, 'must be at most 1000000'),
);
const objectOr =
  (otherwise: string) =>
  ({ expected }: { readonly expected: string | null }) =>
    expected === 'Object' ? otherwise : 'is missing';

/** What `/api/recognize` takes as JSON: exactly one of `image`, `pixels` and `strokes`. */
export const recognizeSchema = v.object(
  {
    image: v.optional(
      v.pipe(
        v.string('must be a string'),
        v.description('A PNG, JPEG, WebP or GIF as base64; a data URL may be given whole.'),
      ),
    ),
    pixels: v.optional(
      v.pipe(
        v.array(v.number('must be a number'), 'must be an array of numbers'),
        v.description('Greys 0..255, row by row, width × height of them.'),
      ),
    ),
    width: v.optional(side),
    height: v.optional(side),
    strokes: v.optional(
      v.pipe(
        v.array(
          v.array(
            v.object({ x: coordinate, y: coordinate }, objectOr('must be an object')),
            'must be an array of points',
          ),
          'must be an array of strokes',
        ),
        v.description("A pen's path from touching down to lifting: x to the right, y down, in any unit."),
      ),
    ),
    mode: v.optional(
      v.pipe(
        v.picklist(['digit', 'line'], 'must be "digit" or "line"'),
        v.description('Whether one digit is looked for, or a line of them; digit if absent.'),
      ),
    ),
  },
  objectOr('must be a JSON object'),
);

export type Mode = 'digit' | 'line';

/** What is to be read: ink, bright on black, or strokes. */
export type Drawing = { readonly ink: GreyImage } | { readonly strokes: readonly Stroke[] };

/** @throws {Refusal} 400 or 413 for bytes that are no picture that this server takes */
export async function readPicture(bytes: Uint8Array): Promise<Drawing> {
  const { image, lossy } = await decodePicture(bytes);
  return { ink: findInk(image, lossy) };
}

/** @param json parsed, of any kind. @throws {Refusal} 400 or 413, naming the field */
export async function readRecognizeRequest(json: unknown): Promise<{ drawing: Drawing; mode: Mode }> {
  const { image, pixels, width, height, strokes, mode = 'digit' } = check(recognizeSchema, json);
  const given = [image, pixels, strokes].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw new Refusal(400, `The body has ${given.length} of image, pixels and strokes; it needs exactly one.`);
  }
  if (image !== undefined) return { drawing: await readPicture(fromBase64(image)), mode };
  if (strokes !== undefined) {
    const points = strokes.reduce((sum, stroke) => sum + stroke.length, 0);
    if (points > MOST_POINTS) {
      throw new Refusal(413, `strokes has ${points} points; this server takes at most ${MOST_POINTS}.`);
    }
    return { drawing: { strokes }, mode };
  }
  return { drawing: { ink: findInk(fromPixels(pixels!, width, height)) }, mode };
}

/** Ink of one digit: strokes are drawn with a pen as wide as MNIST's writers had. */
export function inkOf(drawing: Drawing): GreyImage {
  if ('ink' in drawing) return drawing.ink;
  const sheet = layOut(drawing.strokes, 0);
  return sheet === null ? greyImage(SIDE, SIDE) : drawStrokes(sheet.strokes, sheet.canvas);
}

function fromBase64(text: string): Uint8Array {
  const base64 = text.replace(/^data:[a-z0-9.+/-]*;base64,/i, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) throw new Refusal(400, 'image is not base64.');
  return Buffer.from(base64, 'base64');
}

function fromPixels(pixels: readonly number[], width: number | undefined, height: number | undefined): GreyImage {
  if (width === undefined || height === undefined) throw new Refusal(400, 'pixels needs width and height beside it.');
  if (width * height > MOST_PIXELS) {
    throw new Refusal(413, `pixels is ${width} × ${height}; this server takes at most ${MOST_PIXELS} pixels.`);
  }
  if (pixels.length !== width * height) {
    throw new Refusal(400, `pixels holds ${pixels.length} numbers; ${width} × ${height} is ${width * height}.`);
  }
  const bad = pixels.findIndex((grey) => !Number.isInteger(grey) || grey < 0 || grey > 255);
  if (bad >= 0) throw new Refusal(400, `pixels[${bad}] is ${pixels[bad]}; a grey is a whole number from 0 to 255.`);
  return greyImage(width, height, Uint8Array.from(pixels));
}
