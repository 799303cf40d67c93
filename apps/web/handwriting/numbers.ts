import { type GreyImage, greyImage, PIXELS, SIDE } from '@mnist-edge/recognizer';

/** How one number is put together from a dataset's digits; made outside, so that Node and the browser compose the same. */
export interface NumberPlan {
  readonly digits: readonly {
    /** Which of the dataset's images. */
    readonly image: number;
    /** Pixels for each of the image's. */
    readonly scale: number;
    /** Pixels down from the line. */
    readonly drop: number;
    /** Empty pixels before the next digit; below 0 it reaches into this one's box. */
    readonly gap: number;
  }[];
}

/** Empty pixels around the number. */
const MARGIN = 20;
/** Ink fainter than this does not count for where a digit begins. */
const FAINT = 60;

/**
 * The plans of numbers of 2 to 8 digits in a hand that varies as hands do: sizes by a sixth, a tenth of a digit up or down,
 * gaps from a hair to half a digit; now and then two digits touch.
 * @param random uniform in [0, 1)
 * @param touching share of the gaps where two digits touch or overlap
 */
export function planNumbers(count: number, images: number, random: () => number, touching: number): NumberPlan[] {
  const whole = (n: number) => Math.floor(n * random());
  return Array.from({ length: count }, () => ({
    digits: Array.from({ length: 2 + whole(7) }, () => ({
      image: whole(images),
      scale: 3.4 + 1.2 * random(),
      drop: Math.round(8 * (2 * random() - 1)),
      gap: Math.round(random() < touching ? -4 + 6 * random() : 2 + 34 * random()),
    })),
  }));
}

/** The number as ink, bright on black. */
export function composeNumber(images: Uint8Array, { digits }: NumberPlan): GreyImage {
  const glyphs = digits.map((digit) => ({
    ...digit,
    ...enlarge(images.subarray(digit.image * PIXELS, (digit.image + 1) * PIXELS), digit.scale),
  }));
  const width = glyphs.reduce(
    (sum, { right, left, gap }) => sum + right - left + Math.max(0, gap),
    2 * MARGIN + SIDE * 5,
  );
  const height = SIDE * 6;
  const ink = greyImage(width, height);
  let x = MARGIN;
  for (const { side, pixels, left, right, top, bottom, drop, gap } of glyphs) {
    const down = Math.round(height / 2 - (top + bottom) / 2 + drop);
    for (let y = 0; y < side; y++) {
      for (let column = 0; column < side; column++) {
        const grey = pixels[y * side + column]!;
        const [toX, toY] = [x + column - left, down + y];
        if (grey === 0 || toX < 0 || toX >= width || toY < 0 || toY >= height) continue;
        const at = toY * width + toX;
        ink.pixels[at] = Math.max(ink.pixels[at]!, grey);
      }
    }
    x += right - left + 1 + gap;
  }
  return ink;
}

interface Glyph {
  readonly side: number;
  readonly pixels: Uint8Array;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A digit enlarged smoothly, and where its ink is. */
function enlarge(image: Uint8Array, scale: number): Glyph {
  const side = Math.round(SIDE * scale);
  const pixels = new Uint8Array(side * side);
  let [left, right, top, bottom] = [side, 0, side, 0];
  const pixel = (x: number, y: number) => (x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : image[y * SIDE + x]!);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [fromX, fromY] = [(x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5];
      const [x0, y0] = [Math.floor(fromX), Math.floor(fromY)];
      const above = pixel(x0, y0) * (1 - (fromX - x0)) + pixel(x0 + 1, y0) * (fromX - x0);
      const below = pixel(x0, y0 + 1) * (1 - (fromX - x0)) + pixel(x0 + 1, y0 + 1) * (fromX - x0);
      const grey = Math.round(above * (1 - (fromY - y0)) + below * (fromY - y0));
      pixels[y * side + x] = grey;
      if (grey <= FAINT) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { side, pixels, left, right, top, bottom };
}
