import { PIXELS, SIDE } from '@mnist-edge/recognizer';

/** A picture of 28 × 28 greys from 0 to 255, not yet rounded, row-major. */
export type Greys = Float64Array;

export function greysOf(bytes: Uint8Array): Greys {
  return Float64Array.from(bytes);
}

export function bytesOf(greys: Greys): Uint8Array {
  return Uint8Array.from(greys, (grey) => Math.min(255, Math.max(0, Math.round(grey))));
}

/** Makes a picture from its pixels' places. */
export function paint(grey: (x: number, y: number) => number): Greys {
  const image = new Float64Array(PIXELS);
  for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) image[y * SIDE + x] = grey(x, y);
  return image;
}

/** The grey between pixels, by bilinear interpolation; black outside. */
export function at(image: Greys, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const pixel = (px: number, py: number) => (px < 0 || py < 0 || px >= SIDE || py >= SIDE ? 0 : image[py * SIDE + px]!);
  const above = pixel(left, top) * (1 - (x - left)) + pixel(left + 1, top) * (x - left);
  const below = pixel(left, top + 1) * (1 - (x - left)) + pixel(left + 1, top + 1) * (x - left);
  return above * (1 - (y - top)) + below * (y - top);
}

/** Bilinear interpolation in a grid of any size that covers the whole picture; beyond the middles of its outer cells it is flat. */
export function stretch(grid: ArrayLike<number>, side: number): Greys {
  const cell = (x: number, y: number) =>
    grid[Math.min(side - 1, Math.max(0, y)) * side + Math.min(side - 1, Math.max(0, x))]!;
  return paint((x, y) => {
    const [gx, gy] = [((x + 0.5) * side) / SIDE - 0.5, ((y + 0.5) * side) / SIDE - 0.5];
    const [left, top] = [Math.floor(gx), Math.floor(gy)];
    const above = cell(left, top) * (1 - (gx - left)) + cell(left + 1, top) * (gx - left);
    const below = cell(left, top + 1) * (1 - (gx - left)) + cell(left + 1, top + 1) * (gx - left);
    return above * (1 - (gy - top)) + below * (gy - top);
  });
}

/** Maps a picture by a linear map around its middle: `[xx, xy, yx, yy]` takes a place of the result to one of the original. */
export function warp(
  image: Greys,
  [xx, xy, yx, yy]: readonly [number, number, number, number],
  right = 0,
  down = 0,
): Greys {
  const middle = (SIDE - 1) / 2;
  return paint((x, y) => {
    const [fromX, fromY] = [x - middle - right, y - middle - down];
    return at(image, xx * fromX + xy * fromY + middle, yx * fromX + yy * fromY + middle);
  });
}
