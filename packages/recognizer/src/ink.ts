import { type GreyImage, greyImage } from './grey-image.ts';
import { findInkInUnevenLight } from './uneven-light.ts';

/** Below this many grey levels between paper and ink a grainy image holds no ink: an even sheet with sensor noise. */
const LEAST_CONTRAST = 24;
/** In a grainy image, what differs from the paper by less than this share of the contrast is paper too. */
const GRAIN = 0.2;
/** A picture whose shorter side is below this is no photo that light could fall on unevenly. */
const SMALLEST_PHOTO = 64;
/** Greys of the border that differ from the paper's by no more than this are the paper's. */
const PAPER = 2;
/** When the greys of the border's eighths differ by more than this, the light is uneven. */
const EVEN = 16;

/**
 * Finds the ink of a photo or drawing: returns it bright on exactly black, whichever way round it was.
 * The paper's grey is the median of the border. An image whose border is one even grey is a drawing, and every
 * other grey on the ink's side of it is ink; any other is a photo, whose grain is cut off. A photo in uneven light is
 * given a paper's grey of its own at every pixel: see `findInkInUnevenLight`.
 * @param lossy true when the image comes from a lossy format: JPEG leaves faint rings around ink, which count as grain
 */
export function findInk(image: GreyImage, lossy = false): GreyImage {
  const { width, height, pixels } = image;
  const edge = border(image);
  const paper = median(edge);
  let darkest = 255;
  let lightest = 0;
  for (let i = 0; i < pixels.length; i++) {
    const grey = pixels[i]!;
    if (grey < darkest) darkest = grey;
    if (grey > lightest) lightest = grey;
  }
  const direction = paper - darkest > lightest - paper ? -1 : 1;
  const contrast = Math.max(paper - darkest, lightest - paper);
  const grainy = lossy || edge.some((grey) => grey !== paper);
  if (grainy && Math.min(width, height) >= SMALLEST_PHOTO && isUneven(image, edge, paper)) {
    return findInkInUnevenLight(image);
  }
  const ink = greyImage(width, height);
  if (contrast === 0 || (grainy && contrast < LEAST_CONTRAST)) return ink;
  const floor = grainy ? contrast * GRAIN : 0;
  // Clamped: what lies on the other side of the paper, or below the floor, is 0.
  const inkOf = Uint8ClampedArray.from(
    { length: 256 },
    (_, grey) => (255 * (direction * (grey - paper) - floor)) / (contrast - floor),
  );
  for (let i = 0; i < pixels.length; i++) ink.pixels[i] = inkOf[pixels[i]!]!;
  return ink;
}

/**
 * Whether the border is of many greys, or of another grey here than there: a photo's, and not a drawing's that runs over
 * its edge.
 */
function isUneven({ width, height, pixels }: GreyImage, edge: Uint8Array, paper: number): boolean {
  const even = edge.filter((grey) => Math.abs(grey - paper) <= PAPER).length;
  if (even < edge.length / 2) return true;
  const column = (x: number) => Uint8Array.from({ length: height }, (_, y) => pixels[y * width + x]!);
  const sides = [pixels.subarray(0, width), pixels.subarray((height - 1) * width), column(0), column(width - 1)];
  const greys = sides.flatMap((side) => [median(side.slice(0, side.length / 2)), median(side.slice(side.length / 2))]);
  return Math.max(...greys) - Math.min(...greys) > EVEN;
}

/** The outermost pixels, the corners twice. */
function border({ width, height, pixels }: GreyImage): Uint8Array {
  const greys = new Uint8Array(2 * (width + height));
  greys.set(pixels.subarray(0, width));
  greys.set(pixels.subarray((height - 1) * width), width);
  for (let y = 0; y < height; y++) {
    greys[2 * (width + y)] = pixels[y * width]!;
    greys[2 * (width + y) + 1] = pixels[y * width + width - 1]!;
  }
  return greys;
}

function median(greys: Uint8Array): number {
  return greys.toSorted()[greys.length >> 1]!;
}
