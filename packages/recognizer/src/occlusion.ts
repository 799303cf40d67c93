import { Problem } from './problem.ts';
import { chooseTarget } from './target.ts';
import { PIXELS, SIDE } from './tensor.ts';

/** Images `[batch, 28, 28, 1]` in 0..1, flat, to logits `[batch, labels]`, flat; `Recognizer.logits` is one. */
export type ImagesToLogits = (images: Float32Array) => Promise<Float32Array>;

export interface OcclusionOptions {
  /** Side of the square that is blanked, in pixels, 1..28. */
  readonly patch?: number;
  /** Pixels between one square's place and the next, 1..`patch`. */
  readonly stride?: number;
  /** The class to explain; the most likely one when left out. */
  readonly target?: number;
}

export interface OcclusionMap {
  /** Index of the class that is explained. */
  readonly target: number;
  /** Its logit for the whole image. */
  readonly logit: number;
  /**
   * 28 × 28, row-major: by how much the target's logit falls on average when a square over this pixel is blanked.
   * Above 0 the pixel speaks for the class, below 0 against it.
   */
  readonly map: Float32Array;
}

/** Images in one forward pass: enough to be quick, few enough to need little memory. */
const BATCH = 32;

/**
 * Which parts of an image speak for a class: each square of it in turn is blanked (made paper), and the fall of the
 * class's logit is laid on the square's pixels. Forward passes only, so it works with any model and any runtime.
 * Squares without ink are not run: blanking them changes nothing.
 * Method: Zeiler and Fergus 2013, "Visualizing and Understanding Convolutional Networks", section 4.2.
 * @param image `[28, 28, 1]` in 0..1, ink bright, flat
 * @throws {Problem} when the image, the target or an option is out of its range
 */
export async function occlusionMap(
  image: Float32Array,
  logitsOf: ImagesToLogits,
  { patch = 4, stride = 2, target: asked }: OcclusionOptions = {},
): Promise<OcclusionMap> {
  if (image.length !== PIXELS) {
    throw new Problem(`An occlusion map is of one image of ${PIXELS} numbers; ${image.length} were given.`);
  }
  if (!isWithin(patch, 1, SIDE)) throw new Problem(`patch is ${patch}; it must be a whole number from 1 to ${SIDE}.`);
  if (!isWithin(stride, 1, patch)) {
    throw new Problem(`stride is ${stride}; it must be a whole number from 1 to patch, ${patch}, to miss no pixel.`);
  }
  const whole = await logitsOf(image);
  const labels = whole.length;
  const target = chooseTarget(whole, asked);
  const logit = whole[target]!;
  const squares = places(patch, stride);
  const inked = squares.filter((square) => square.some((at) => image[at]! > 0));
  const falls = new Map<readonly number[], number>();
  for (let first = 0; first < inked.length; first += BATCH) {
    const part = inked.slice(first, first + BATCH);
    const images = new Float32Array(part.length * PIXELS);
    for (const [index, square] of part.entries()) {
      images.set(image, index * PIXELS);
      for (const at of square) images[index * PIXELS + at] = 0;
    }
    const logits = await logitsOf(images);
    for (const [index, square] of part.entries()) falls.set(square, logit - logits[index * labels + target]!);
  }
  const map = new Float32Array(PIXELS);
  const count = new Float32Array(PIXELS);
  for (const square of squares) {
    const fall = falls.get(square) ?? 0;
    for (const at of square) {
      map[at] = map[at]! + fall;
      count[at] = count[at]! + 1;
    }
  }
  for (let at = 0; at < PIXELS; at++) map[at] = map[at]! / count[at]!;
  return { target, logit, map };
}

/** The pixels of each square; the last ones of a row or column lie flush with the edge. */
function places(patch: number, stride: number): readonly (readonly number[])[] {
  const starts: number[] = [];
  for (let start = 0; start < SIDE - patch; start += stride) starts.push(start);
  starts.push(SIDE - patch);
  return starts.flatMap((top) =>
    starts.map((left) =>
      Array.from({ length: patch * patch }, (_, i) => (top + Math.floor(i / patch)) * SIDE + left + (i % patch)),
    ),
  );
}

function isWithin(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
