import { SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/** How far a Gaussian reaches, in standard deviations: beyond it is less than a hundredth of it. */
const REACH = 2.6;

/**
 * Blurs by a Gaussian, as a lens out of focus does or an enlarged picture; what lies outside the frame is black.
 * @param deviation the widest standard deviation, in pixels; uniform from 0
 */
export function blur(image: Uint8Array, out: Uint8Array, deviation: number, random: Random): void {
  const weights = gaussian(deviation * random.next());
  const across = new Float32Array(image.length);
  smooth(image, across, weights, 1, SIDE, SIDE);
  const down = new Float32Array(image.length);
  smooth(across, down, weights, SIDE, 1, SIDE);
  // An array of bytes cuts off what comes after the point.
  for (let i = 0; i < down.length; i++) out[i] = down[i]! + 0.5;
}

/** Weights of the middle and of its neighbours to one side, which sum to 1 when those are counted twice. */
function gaussian(deviation: number): readonly number[] {
  if (deviation === 0) return [1];
  const reach = Math.max(1, Math.ceil(REACH * deviation));
  const weights = Array.from({ length: reach + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * deviation ** 2)));
  const sum = weights.reduce((total, weight) => total + 2 * weight, -weights[0]!);
  return weights.map((weight) => weight / sum);
}

/** Smooths every line of pixels that lie `step` apart; the lines start `next` apart. */
function smooth(
  from: ArrayLike<number>,
  to: Float32Array,
  weights: readonly number[],
  step: number,
  next: number,
  side: number,
): void {
  for (let line = 0; line < side; line++) {
    for (let i = 0; i < side; i++) {
      const at = line * next + i * step;
      let sum = weights[0]! * from[at]!;
      for (let offset = 1; offset < weights.length; offset++) {
        const before = i >= offset ? from[at - offset * step]! : 0;
        const after = i + offset < side ? from[at + offset * step]! : 0;
        sum += weights[offset]! * (before + after);
      }
      to[at] = sum;
    }
  }
}
