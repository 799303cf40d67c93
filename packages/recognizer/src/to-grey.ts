import { type GreyImage, greyImage } from './grey-image.ts';

/** An image of 4 bytes a pixel, row-major: red, green, blue (sRGB) and how opaque, each 0..255. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Fewer grey levels than this between the visible pixels: they are all ink, of one colour. */
const LEAST_CONTRAST = 64;

/**
 * The greys of a colour image (BT.601 luma; equal red, green and blue give exactly that grey), laid on paper where
 * it is transparent. See `paperBehind` for the paper's grey.
 */
export function toGrey({ width, height, pixels }: RgbaImage): GreyImage {
  const grey = greyImage(width, height);
  const greys = grey.pixels;
  let opaque = true;
  for (let i = 0, at = 0; i < greys.length; i++, at += 4) {
    // Whole numbers, so that rounding is adding a half; the array cuts the rest off.
    greys[i] = (299 * pixels[at]! + 587 * pixels[at + 1]! + 114 * pixels[at + 2]! + 500) / 1000;
    if (pixels[at + 3] !== 255) opaque = false;
  }
  if (opaque) return grey;
  const paper = paperBehind(greys, pixels);
  for (let i = 0; i < greys.length; i++) {
    const alpha = pixels[4 * i + 3]!;
    greys[i] = Math.round((alpha * greys[i]! + (255 - alpha) * paper) / 255);
  }
  return grey;
}

/**
 * The grey to lay a partly transparent image on.
 * Ink alone on nothing: white paper, or black where the ink is light, since light ink cannot be meant for white.
 * A sheet with its own paper and only its margin transparent (a picture with round corners): that paper's grey.
 */
function paperBehind(greys: Uint8Array, rgba: Uint8Array): number {
  /** How much of each grey can be seen, in 255ths of a pixel. */
  const histogram = new Float64Array(256);
  for (let i = 0; i < greys.length; i++) histogram[greys[i]!]! += rgba[4 * i + 3]!;
  const visible = histogram.reduce((a, b) => a + b, 0);
  let median = 0;
  for (let sum = histogram[0]!; sum < visible / 2; sum += histogram[++median]!);
  const isSeen = (amount: number) => amount >= 255;
  const contrast = histogram.findLastIndex(isSeen) - histogram.findIndex(isSeen);
  const hasOwnPaper = visible > (255 * greys.length) / 2 && contrast >= LEAST_CONTRAST;
  if (hasOwnPaper) return median;
  return median < 128 ? 255 : 0;
}
