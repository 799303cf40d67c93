import { type Box, findComponents } from './components.ts';
import { type GreyImage, greyImage } from './grey-image.ts';

/** The paper is looked for in a picture no larger than this, in pixels of its longer side. */
const LARGEST = 256;
/** Ink is at most this wide, as a share of the picture's shorter side; what is dark over more than that is a shadow. */
const WIDEST_STROKE = 0.25;
/** Ink that is less different from its paper than this share of it is no ink: a stain. */
const LEAST_CONTRAST = 0.15;
/** Nor is what is less different from paper than this many standard deviations of the paper's grain. */
const LEAST_DEVIATIONS = 6;
/** Paper darker than this counts as this dark: a share of next to nothing would be nothing but noise. */
const DARKEST_PAPER = 64;
/** What differs from its paper by less than this share of the ink's contrast is paper: grain, ruled lines, the edge of a shadow. */
const FLOOR = 0.35;
/** A piece whose darkest pixel has not this share of the ink's contrast is no ink. */
const LEAST_PEAK = 0.6;
/** Share of the picture's pixels that may be darker than full ink: pencil points, grain. */
const FULL_INK = 0.002;
/** A piece smaller than this share of the largest is a speck. */
const SPECK = 0.01;

/**
 * Finds the ink of a photo whose paper is not of one grey: a shadow, a lamp at one side, ruled lines. Returns it bright
 * on exactly black.
 * The paper's grey is found at every pixel: what is left when everything narrower than a wide pen stroke is taken away
 * (a morphological closing; a shadow is wider and stays, with its edge). Under a shadow ink and paper are darkened by the
 * same factor, so ink is measured by its share of the paper's grey.
 */
export function findInkInUnevenLight(image: GreyImage): GreyImage {
  const { width, height, pixels } = image;
  const ink = greyImage(width, height);
  const { differences, contrast } = differ(image);
  if (contrast === null) return ink;
  const floor = FLOOR * contrast;
  const scale = 255 / (contrast - floor);
  for (let i = 0; i < pixels.length; i++) {
    ink.pixels[i] = Math.min(255, Math.max(0, Math.round((differences[i]! - floor) * scale)));
  }
  return dropStains(ink);
}

/** How far each pixel is from its paper, 0..1 towards the ink's side, and how far full ink is. */
function differ(image: GreyImage): { differences: Float32Array; contrast: number | null } {
  const { width, height, pixels } = image;
  const factor = Math.ceil(Math.max(width, height) / LARGEST);
  const small = shrink(image, factor);
  const dark = inkIsDark(small);
  const sheet = dark ? small : negative(small);
  const paper = closing(sheet, Math.max(3, Math.round(WIDEST_STROKE * Math.min(sheet.width, sheet.height))));
  const differences = new Float32Array(pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const grey = dark ? pixels[at]! : 255 - pixels[at]!;
      const under = between(paper, (x + 0.5) / factor - 0.5, (y + 0.5) / factor - 0.5);
      // Light does not multiply the greys of a negative: there it is the plain difference.
      differences[at] = Math.max(0, (under - grey) / (dark ? Math.max(DARKEST_PAPER, under) : 255));
    }
  }
  return { differences, contrast: contrastOf(differences) };
}

/** Means of blocks of `factor` × `factor` pixels. */
function shrink(image: GreyImage, factor: number): GreyImage {
  if (factor === 1) return image;
  const { width, height, pixels } = image;
  const small = greyImage(Math.ceil(width / factor), Math.ceil(height / factor));
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      let sum = 0;
      let count = 0;
      for (let fromY = y * factor; fromY < Math.min(height, (y + 1) * factor); fromY++) {
        for (let fromX = x * factor; fromX < Math.min(width, (x + 1) * factor); fromX++) {
          sum += pixels[fromY * width + fromX]!;
          count++;
        }
      }
      small.pixels[y * small.width + x] = Math.round(sum / count);
    }
  }
  return small;
}

function negative({ width, height, pixels }: GreyImage): GreyImage {
  return greyImage(
    width,
    height,
    pixels.map((grey) => 255 - grey),
  );
}

/** Ink is the smaller part of a sheet, so against the mean around it ink is far off and paper near: a skew to ink's side. */
function inkIsDark(image: GreyImage): boolean {
  const { width, height, pixels } = image;
  const reach = Math.max(1, Math.round((WIDEST_STROKE / 2) * Math.min(width, height)));
  const means = localMeans(image, reach);
  let skew = 0;
  for (let i = 0; i < pixels.length; i++) skew += (pixels[i]! - means[i]!) ** 3;
  return skew <= 0;
}

/** The mean grey of the square of `2 · reach + 1` pixels around each pixel, as far as it lies in the image. */
function localMeans({ width, height, pixels }: GreyImage, reach: number): Float64Array {
  // The sum of all pixels above and to the left of a corner (an integral image): any box is four look-ups.
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += pixels[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  const means = new Float64Array(pixels.length);
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - reach) * (width + 1);
    const below = Math.min(height, y + reach + 1) * (width + 1);
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - reach);
      const right = Math.min(width, x + reach + 1);
      const sum = sums[below + right]! - sums[below + left]! - sums[above + right]! + sums[above + left]!;
      means[y * width + x] = sum / (((below - above) / (width + 1)) * (right - left));
    }
  }
  return means;
}

/**
 * Fills all that is darker than around it and narrower than about `side` pixels: the lightest, then the darkest of a
 * square. Beyond the edge nothing is lighter, so that a slope of light goes on to the edge.
 */
function closing(image: GreyImage, side: number): GreyImage {
  const reach = side >> 1;
  // Grain would make the lightest pixel of every square lighter than the paper is.
  const smooth = localMeans(image, 1);
  const sheet = greyImage(image.width + 4 * reach, image.height + 4 * reach);
  for (let y = 0; y < image.height; y++) {
    const to = (y + 2 * reach) * sheet.width + 2 * reach;
    for (let x = 0; x < image.width; x++) sheet.pixels[to + x] = Math.round(smooth[y * image.width + x]!);
  }
  return extreme(extreme(sheet, reach, Math.max), reach, Math.min);
}

/** The largest or smallest of each square of `2 · reach + 1` pixels; `2 · reach` fewer in width and height. */
function extreme({ width, height, pixels }: GreyImage, reach: number, pick: Pick): GreyImage {
  const across = greyImage(width - 2 * reach, height);
  for (let y = 0; y < height; y++) {
    slide(pixels.subarray(y * width, (y + 1) * width), reach, pick, (x, grey) => {
      across.pixels[y * across.width + x] = grey;
    });
  }
  const both = greyImage(across.width, height - 2 * reach);
  const column = new Uint8Array(height);
  for (let x = 0; x < across.width; x++) {
    for (let y = 0; y < height; y++) column[y] = across.pixels[y * across.width + x]!;
    slide(column, reach, pick, (y, grey) => {
      both.pixels[y * both.width + x] = grey;
    });
  }
  return both;
}

type Pick = (a: number, b: number) => number;

/**
 * The extreme of each `2 · reach + 1` neighbours in a row, by van Herk's method (1992): running extremes from the left
 * and from the right in blocks as long as the window, of which any window spans two.
 */
function slide(row: Uint8Array, reach: number, pick: Pick, found: (at: number, grey: number) => void): void {
  const block = 2 * reach + 1;
  const forward = row.slice();
  const backward = row.slice();
  for (let i = 1; i < row.length; i++) {
    if (i % block !== 0) forward[i] = pick(forward[i - 1]!, row[i]!);
  }
  for (let i = row.length - 2; i >= 0; i--) {
    if ((i + 1) % block !== 0) backward[i] = pick(backward[i + 1]!, row[i]!);
  }
  for (let i = 0; i + 2 * reach < row.length; i++) found(i, pick(backward[i]!, forward[i + 2 * reach]!));
}

/** The grey between four pixels; beyond the edge it is the edge's. */
function between({ width, height, pixels }: GreyImage, x: number, y: number): number {
  const left = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const top = Math.min(height - 1, Math.max(0, Math.floor(y)));
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, top + 1);
  const toRight = Math.min(1, Math.max(0, x - left));
  const toBottom = Math.min(1, Math.max(0, y - top));
  const above = pixels[top * width + left]! * (1 - toRight) + pixels[top * width + right]! * toRight;
  const below = pixels[bottom * width + left]! * (1 - toRight) + pixels[bottom * width + right]! * toRight;
  return above * (1 - toBottom) + below * toBottom;
}

/** How far full ink is from paper, 0..1: what but a few pixels do not exceed. Null where that is no more than grain. */
function contrastOf(differences: Float32Array): number | null {
  const histogram = new Uint32Array(256);
  for (const difference of differences) histogram[Math.floor(difference * 255)]! += 1;
  const quantile = (share: number) => {
    let left = share * differences.length;
    let level = 0;
    while (level < 255 && left > histogram[level]!) left -= histogram[level++]!;
    return level / 255;
  };
  const [lower, middle, full] = [quantile(0.25), quantile(0.5), quantile(1 - FULL_INK)];
  // A quarter of a normal distribution lies between its middle and 0.674 standard deviations below.
  const grain = (middle - lower) / 0.674;
  return full < LEAST_CONTRAST || full - middle < LEAST_DEVIATIONS * grain ? null : full;
}

/** Takes away the pieces that are nowhere as dark as ink, specks, and the corners of shadows. */
function dropStains(ink: GreyImage): GreyImage {
  const { labels, list } = findComponents(ink);
  const dark = list.filter(({ peak }) => peak >= 255 * scaledPeak);
  const largest = dark.reduce((most, { area }) => Math.max(most, area), 0);
  const pieces = dark.filter(({ area }) => area >= SPECK * largest);
  // A shadow that ends in a corner is as narrow there as ink is. What touches the edge is ink only if nothing else is.
  const inside = pieces.filter(({ box }) => !atEdge(box, ink));
  const kept = new Set(inside.length > 0 ? inside : pieces);
  labels.forEach((label, i) => {
    if (label >= 0 && !kept.has(list[label]!)) ink.pixels[i] = 0;
  });
  return ink;
}

function atEdge({ left, top, width, height }: Box, image: GreyImage): boolean {
  return left === 0 || top === 0 || left + width === image.width || top + height === image.height;
}

/** `LEAST_PEAK` as a share of the range that is left above the floor. */
const scaledPeak = (LEAST_PEAK - FLOOR) / (1 - FLOOR);
