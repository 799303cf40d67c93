import type { GreyImage } from './grey-image.ts';
import { SIDE } from './tensor.ts';

/** Side of the box the glyph is scaled into, in pixels; MNIST's own. */
const BOX = 20;
/** The square cut from the original is never smaller than this, so that a 1 is not stretched into a bar. */
const SMALLEST_SQUARE = 10;

/**
 * Makes a drawing look like MNIST's digits: a 28 × 28 image of 784 bytes, ink bright.
 * The steps are those that were found to give MNIST's images back within one grey level:
 * the tight box of the ink, made square from its top-left corner; area-resampled to 20 × 20; scaled by its
 * maximum; pasted so that its centroid falls on index (13.5, 14.5] of the 28 × 28 frame.
 * @param ink an image of any size whose ink is bright on exactly black
 * @returns null when there is no ink at all
 */
export function normalize(ink: GreyImage): Uint8Array | null {
  const box = inkBox(ink);
  if (box === null) return null;
  const glyph = scaleToBytes(shrink(cutSquare(ink, box)));
  return pasteByCentroid(glyph);
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Square {
  readonly side: number;
  readonly pixels: Uint8Array;
}

function inkBox({ width, height, pixels }: GreyImage): Box | null {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x] === 0) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The box in the top-left corner of a black square, with pixels repeated until the square has at least 20 a side. */
function cutSquare(image: GreyImage, box: Box): Square {
  const source = Math.max(box.width, box.height, SMALLEST_SQUARE);
  const repeat = Math.ceil(BOX / source);
  const side = source * repeat;
  const pixels = new Uint8Array(side * side);
  for (let y = 0; y < box.height * repeat; y++) {
    const from = (box.top + Math.floor(y / repeat)) * image.width + box.left;
    for (let x = 0; x < box.width * repeat; x++) {
      pixels[y * side + x] = image.pixels[from + Math.floor(x / repeat)]!;
    }
  }
  return { side, pixels };
}

/** Mean grey of the area under each pixel of the 20 × 20 box; separable, so rows first, then columns. */
function shrink({ side, pixels }: Square): Float64Array {
  const shares = areaShares(side);
  const rows = new Float64Array(side * BOX);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < BOX; x++) {
      let sum = 0;
      const { first, weights } = shares[x]!;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * pixels[y * side + first + i]!;
      rows[y * BOX + x] = sum;
    }
  }
  const glyph = new Float64Array(BOX * BOX);
  for (let y = 0; y < BOX; y++) {
    const { first, weights } = shares[y]!;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      for (let x = 0; x < BOX; x++) glyph[y * BOX + x]! += weight * rows[(first + i) * BOX + x]!;
    }
  }
  return glyph;
}

/** For each of the 20 target pixels: the source pixels it covers, from `first` on, and the share of each. */
function areaShares(side: number): { first: number; weights: number[] }[] {
  const step = side / BOX;
  return Array.from({ length: BOX }, (_, target) => {
    const start = (target * side) / BOX;
    const end = ((target + 1) * side) / BOX;
    const first = Math.floor(start);
    const weights: number[] = [];
    for (let source = first; source < end; source++) {
      weights.push((Math.min(end, source + 1) - Math.max(start, source)) / step);
    }
    return { first, weights };
  });
}

function scaleToBytes(glyph: Float64Array): Uint8Array {
  const highest = glyph.reduce((a, b) => Math.max(a, b), 0);
  return Uint8Array.from(glyph, (grey) => Math.round((grey / highest) * 255));
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
  // A centroid inside the 20 × 20 box always leaves an offset whose overhang, if any, is cut at the frame.
  const left = Math.floor(15 - momentX / mass);
  const top = Math.floor(15 - momentY / mass);
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
