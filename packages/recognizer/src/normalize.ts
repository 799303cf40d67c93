import type { GreyImage } from './grey-image.ts';
import { SIDE } from './tensor.ts';

/** Side of the box the glyph is scaled into, in pixels; MNIST's own. */
const BOX = 20;
/** The square cut from the original is never smaller than this, so that a dot is not blown up to fill the box. */
const SMALLEST_SQUARE = 10;
/** The longer side, in pixels, of the glyphs that MNIST's frame has cut a row or a column from. */
const CUT_BOX = BOX - 1;
/** A glyph whose brightest pixel is as bright as this is not made brighter. */
const FULL = 254;
/** The pixel of the 28 × 28 frame that the glyph's centroid is put on, in both directions. */
const CENTRE = 14;

/**
 * Makes a drawing look like MNIST's digits: a 28 × 28 image of 784 bytes, ink bright, its brightest pixel 254 or 255.
 * The steps are those that were found to give MNIST's own images back (see this package's README):
 * the tight box of the ink, made square from its top-left corner; area-resampled to 20 × 20; scaled by its
 * maximum, but where that is almost full; pasted so that the pixel its centroid falls in is pixel (14, 14) of the 28 × 28 frame. Ink that then
 * lies outside the frame is lost, as it is in MNIST.
 * All sums are of whole numbers and exact, so that every machine gives the same bytes.
 * @param ink an image of any size whose ink is bright on exactly black
 * @returns null when there is no ink at all
 */
export function normalize(ink: GreyImage): Uint8Array | null {
  const box = inkBox(ink);
  if (box === null) return null;
  const side = squareSide(ink, box);
  return pasteByCentroid(scaleToBytes(resample(ink, box, side), side));
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function inkBox({ width, height, pixels }: GreyImage): Box | null {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let first = 0;
    while (first < width && pixels[row + first] === 0) first++;
    if (first === width) continue;
    let last = width - 1;
    // Columns that are in the box already need no look.
    while (last > right && pixels[row + last] === 0) last--;
    left = Math.min(left, first);
    right = Math.max(right, last);
    top = Math.min(top, y);
    bottom = y;
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * The side of the square that is cut from the original, in its pixels: the longer side of the ink; but ink of 19
 * blocks, each of one grey, is a glyph of MNIST's that its frame cut a row from, and is not stretched over that.
 */
function squareSide(ink: GreyImage, box: Box): number {
  const longer = Math.max(box.width, box.height);
  const block = longer / CUT_BOX;
  if (Number.isInteger(block) && isOfBlocks(ink, box, block)) return BOX * block;
  return Math.max(longer, SMALLEST_SQUARE);
}

/** Whether ink is a picture of whole pixels, each made a block of `side` × `side`. */
function isOfBlocks(
  { width, pixels }: GreyImage,
  { left, top, width: across, height: down }: Box,
  side: number,
): boolean {
  if (across % side !== 0 || down % side !== 0) return false;
  for (let y = 0; y < down; y++) {
    const row = (top + y) * width + left;
    const first = row - (y % side) * width;
    for (let x = 0; x < across; x++) {
      if (pixels[row + x] !== pixels[first + x - (x % side)]) return false;
    }
  }
  return true;
}

/**
 * The grey under each pixel of the 20 × 20 box when the ink's box lies in the top-left corner of a black square
 * that is scaled to it; in units that the scaling to bytes takes out again. Separable, so rows first, then columns.
 */
function resample({ width, pixels }: GreyImage, box: Box, side: number): Float64Array {
  const across = areaShares(side, box.width);
  const down = areaShares(side, box.height);
  const rows = new Float64Array(box.height * BOX);
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * width + box.left;
    for (let x = 0; x < BOX; x++) {
      const { first, weights } = across[x]!;
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * pixels[from + first + i]!;
      rows[y * BOX + x] = sum;
    }
  }
  const glyph = new Float64Array(BOX * BOX);
  for (let y = 0; y < BOX; y++) {
    const { first, weights } = down[y]!;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      for (let x = 0; x < BOX; x++) glyph[y * BOX + x]! += weight * rows[(first + i) * BOX + x]!;
    }
  }
  return glyph;
}

/**
 * For each of the 20 target pixels: the source pixels under it, from `first` on, and how much of each is covered.
 * Lengths are in twentieths of a source pixel, whole numbers: a target pixel is `side` of them, a source pixel 20.
 * @param inked only the first so many source pixels hold ink; the rest of the square is black and left out
 */
function areaShares(side: number, inked: number): { first: number; weights: number[] }[] {
  return Array.from({ length: BOX }, (_, target) => {
    const start = target * side;
    const end = start + side;
    const first = Math.floor(start / BOX);
    const weights: number[] = [];
    for (let source = first; source < inked && source * BOX < end; source++) {
      weights.push(Math.min(end, source * BOX + BOX) - Math.max(start, source * BOX));
    }
    return { first, weights };
  });
}

/** Scaled so that the brightest is 255, unless it is within one grey level of that already, as it is in some of MNIST's. */
function scaleToBytes(glyph: Float64Array, side: number): Uint8Array {
  const highest = glyph.reduce((a, b) => Math.max(a, b), 0);
  // A grey level of the original is the area of a target pixel, in twentieths of a source pixel: side².
  const full = Math.max(highest, highest >= FULL * side * side ? 255 * side * side : 0);
  return Uint8Array.from(glyph, (grey) => Math.round((grey * 255) / full));
}

function pasteByCentroid(glyph: Uint8Array): Uint8Array {
  let mass = 0;
  let momentX = 0;
  let momentY = 0;
  for (let y = 0; y < BOX; y++) {
    for (let x = 0; x < BOX; x++) {
      const grey = glyph[y * BOX + x]!;
      mass += grey;
      momentX += grey * (x + 0.5);
      momentY += grey * (y + 0.5);
    }
  }
  const left = CENTRE - Math.floor(momentX / mass);
  const top = CENTRE - Math.floor(momentY / mass);
  const frame = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < BOX; y++) {
    for (let x = 0; x < BOX; x++) {
      const toX = x + left;
      const toY = y + top;
      if (toX >= 0 && toX < SIDE && toY >= 0 && toY < SIDE) frame[toY * SIDE + toX] = glyph[y * BOX + x]!;
    }
  }
  return frame;
}
