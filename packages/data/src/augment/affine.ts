import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';
import { bilinear, UNIT } from './bilinear.ts';

/** How far an image may be moved; each image draws its own values, uniform from −x to x unless said otherwise. */
export interface AffineRanges {
  /** Degrees either way. */
  readonly rotation: number;
  /** Width and height are each scaled by a factor of its own from 1 − scale to 1 + scale; below 1. */
  readonly scale: number;
  /** Slant either way, in pixels to the side for each pixel up. */
  readonly shear: number;
  /** Pixels either way, in x and in y. */
  readonly translation: number;
}

/** Ranges that leave every digit what it is. */
export const gentle: AffineRanges = {
  // Beyond about 15° people's own slant is used up, and 1 and 7, or 6 and 9 lying down, begin to meet.
  rotation: 10,
  // MNIST's glyphs fill a box of 20 pixels by their longer side, so size hardly varies; the aspect ratio does.
  scale: 0.1,
  // MNIST was not deslanted: writers lean by 0.2 and more on either side of their mean.
  shear: 0.15,
  // Images are centred by their centroid, in training and in use, to within half a pixel; a margin on top of that.
  translation: 1.5,
};

/** Ranges at which some digits are hard to read, and some things look like others. */
export const strong: AffineRanges = { rotation: 20, scale: 0.2, shear: 0.3, translation: 3 };

/** Moves alone: for pictures whose upright and size mean something, such as clothes. */
export const shift: AffineRanges = { rotation: 0, scale: 0, shear: 0, translation: 2 };

const CENTRE = (SIDE - 1) / 2;

/**
 * Rotates, scales, slants and moves each image by values of its own, with bilinear interpolation; what comes from
 * outside the frame is black.
 * @param images any number of images of 784 bytes, one after another
 * @param out where to write, as long as `images`, and not the same memory
 * @param random six numbers are drawn from it for each image
 */
export function affine(images: Uint8Array, out: Uint8Array, ranges: AffineRanges, random: Random): void {
  if (images.length !== out.length || images.length % PIXELS !== 0) {
    throw new RangeError(
      `affine() needs whole images of ${PIXELS} bytes and as much room for the result; it was given ` +
        `${images.length} bytes and room for ${out.length}.`,
    );
  }
  const within = (range: number) => range * (2 * random.next() - 1);
  for (let start = 0; start < images.length; start += PIXELS) {
    const turn = (within(ranges.rotation) * Math.PI) / 180;
    const width = 1 + within(ranges.scale);
    const height = 1 + within(ranges.scale);
    const slant = within(ranges.shear);
    const right = within(ranges.translation);
    const down = within(ranges.translation);
    warp(images, out, start, inverse(turn, width, height, slant), right, down);
  }
}

type Matrix = readonly [xx: number, xy: number, yx: number, yy: number];

/** The inverse of rotation · slant · scaling, in coordinates whose y points down: it takes a result's pixel back. */
function inverse(turn: number, width: number, height: number, slant: number): Matrix {
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  // Forward: x' = cos·(width·x − slant·height·y) − sin·height·y, y' = sin·(width·x − slant·height·y) + cos·height·y.
  const determinant = width * height;
  return [
    (height * (cos - sin * slant)) / determinant,
    (height * (cos * slant + sin)) / determinant,
    (-width * sin) / determinant,
    (width * cos) / determinant,
  ];
}

function warp(images: Uint8Array, out: Uint8Array, start: number, matrix: Matrix, right: number, down: number): void {
  const [xx, xy, yx, yy] = matrix;
  // `| 0` keeps the engine on 32-bit integers; without it this takes five times as long.
  const stepX = Math.round(xx * UNIT) | 0;
  const stepY = Math.round(yx * UNIT) | 0;
  for (let y = 0; y < SIDE; y++) {
    const fromCentre = y - CENTRE - down;
    let fromX = Math.round(UNIT * (xx * (-CENTRE - right) + xy * fromCentre + CENTRE)) | 0;
    let fromY = Math.round(UNIT * (yx * (-CENTRE - right) + yy * fromCentre + CENTRE)) | 0;
    const row = start + y * SIDE;
    for (let x = 0; x < SIDE; x++) {
      out[row + x] = bilinear(images, start, fromX, fromY);
      fromX = (fromX + stepX) | 0;
      fromY = (fromY + stepY) | 0;
    }
  }
}
