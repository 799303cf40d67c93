import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/** Standard deviation of the smoothing, in pixels: Simard, Steinkraus and Platt (2003) found 4 best for MNIST. */
const SMOOTHNESS = 4;
const REACH = 2 * SMOOTHNESS;
const kernel = Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp(-((i - REACH) ** 2) / (2 * SMOOTHNESS ** 2)));

/**
 * Moves each pixel by a smooth random field, as Simard, Steinkraus and Platt describe it ("Best Practices for
 * Convolutional Neural Networks Applied to Visual Document Analysis", 2003); bilinear, black beyond the frame.
 * @param most the highest root mean square of the field, in pixels; each image draws its own, uniform from 0
 */
export function elastic(image: Uint8Array, out: Uint8Array, most: number, random: Random): void {
  const strength = most * random.next();
  const right = field(strength, random);
  const down = field(strength, random);
  for (let i = 0; i < PIXELS; i++) {
    out[i] = sample(image, (i % SIDE) + right[i]!, Math.floor(i / SIDE) + down[i]!);
  }
}

/** Smoothed noise over the frame with this root mean square. */
function field(strength: number, random: Random): Float64Array {
  const noise = Float64Array.from({ length: PIXELS }, () => 2 * random.next() - 1);
  const smooth = smoothed(smoothed(noise, 1, SIDE), SIDE, 1);
  const square = smooth.reduce((sum, value) => sum + value * value, 0) / PIXELS;
  const scale = square > 0 ? strength / Math.sqrt(square) : 0;
  return smooth.map((value) => scale * value);
}

/** Convolves lines of pixels that are `step` apart, of lines that are `across` apart. */
function smoothed(values: Float64Array, step: number, across: number): Float64Array {
  const out = new Float64Array(PIXELS);
  for (let line = 0; line < SIDE; line++) {
    for (let at = 0; at < SIDE; at++) {
      let sum = 0;
      const from = Math.max(0, at - REACH);
      const to = Math.min(SIDE - 1, at + REACH);
      for (let k = from; k <= to; k++) sum += kernel[k - at + REACH]! * values[line * across + k * step]!;
      out[line * across + at * step] = sum;
    }
  }
  return out;
}

function sample(image: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const toRight = x - left;
  const toBottom = y - top;
  const above = (1 - toRight) * pixel(image, left, top) + toRight * pixel(image, left + 1, top);
  const below = (1 - toRight) * pixel(image, left, top + 1) + toRight * pixel(image, left + 1, top + 1);
  return Math.round((1 - toBottom) * above + toBottom * below);
}

function pixel(image: Uint8Array, x: number, y: number): number {
  return x >= 0 && y >= 0 && x < SIDE && y < SIDE ? image[y * SIDE + x]! : 0;
}
