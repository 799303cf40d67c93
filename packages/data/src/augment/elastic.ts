import { SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/** Standard deviation of the smoothing, in pixels: Simard, Steinkraus and Platt (2003) found 4 best for MNIST. */
const SMOOTHNESS = 4;
/** Pixels between two points that the field is drawn at: a field as smooth as that has nothing in between. */
const STEP = 2;
/** Points a side, from the first pixel to just beyond the last. */
const GRID = SIDE / STEP + 1;
const POINTS = GRID * GRID;
/** Points that the smoothing reaches to either side: two standard deviations. */
const REACH = (2 * SMOOTHNESS) / STEP;
const kernel = Float64Array.from({ length: 2 * REACH + 1 }, (_, i) =>
  Math.exp(-(((i - REACH) * STEP) ** 2) / (2 * SMOOTHNESS ** 2)),
);

/**
 * Moves each pixel by a smooth random field, as Simard, Steinkraus and Platt describe it ("Best Practices for
 * Convolutional Neural Networks Applied to Visual Document Analysis", 2003); bilinear, black beyond the frame.
 * @param most the highest root mean square of the field, in pixels; each image draws its own, uniform from 0
 */
export function elastic(image: Uint8Array, out: Uint8Array, most: number, random: Random): void {
  const strength = most * random.next();
  const right = field(strength, random);
  const down = field(strength, random);
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, i++) {
      out[i] = sample(image, x + between(right, x, y), y + between(down, x, y));
    }
  }
}

/** Smoothed noise with this root mean square, at every point of the grid. */
function field(strength: number, random: Random): Float64Array {
  const noise = new Float64Array(POINTS);
  for (let i = 0; i < POINTS; i++) noise[i] = 2 * random.next() - 1;
  const smooth = smoothed(smoothed(noise, 1, GRID), GRID, 1);
  let square = 0;
  for (let i = 0; i < POINTS; i++) square += smooth[i]! * smooth[i]!;
  const scale = square > 0 ? strength / Math.sqrt(square / POINTS) : 0;
  for (let i = 0; i < POINTS; i++) smooth[i]! *= scale;
  return smooth;
}

/** Convolves lines of points that are `step` apart, of lines that are `across` apart. */
function smoothed(values: Float64Array, step: number, across: number): Float64Array {
  const out = new Float64Array(POINTS);
  for (let line = 0; line < GRID; line++) {
    for (let at = 0; at < GRID; at++) {
      let sum = 0;
      const from = Math.max(0, at - REACH);
      const to = Math.min(GRID - 1, at + REACH);
      for (let k = from; k <= to; k++) sum += kernel[k - at + REACH]! * values[line * across + k * step]!;
      out[line * across + at * step] = sum;
    }
  }
  return out;
}

/** The field at a pixel: that of a point of the grid, or the mean of the two or four around it. */
function between(field: Float64Array, x: number, y: number): number {
  const at = (y >> 1) * GRID + (x >> 1);
  const toRight = x & 1;
  const toBottom = (y & 1) * GRID;
  return (field[at]! + field[at + toRight]! + field[at + toBottom]! + field[at + toBottom + toRight]!) / 4;
}

function sample(image: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const toRight = x - left;
  const toBottom = y - top;
  const inside = left >= 0 && top >= 0 && left < SIDE - 1 && top < SIDE - 1;
  const at = top * SIDE + left;
  const a = inside ? image[at]! : pixel(image, left, top);
  const b = inside ? image[at + 1]! : pixel(image, left + 1, top);
  const c = inside ? image[at + SIDE]! : pixel(image, left, top + 1);
  const d = inside ? image[at + SIDE + 1]! : pixel(image, left + 1, top + 1);
  const above = a + toRight * (b - a);
  const below = c + toRight * (d - c);
  // An array of bytes cuts off what comes after the point.
  return above + toBottom * (below - above) + 0.5;
}

function pixel(image: Uint8Array, x: number, y: number): number {
  return x >= 0 && y >= 0 && x < SIDE && y < SIDE ? image[y * SIDE + x]! : 0;
}
