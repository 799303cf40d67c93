import { PIXELS } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/** Of the sum of four bytes, each value of a byte equally likely. */
const MEAN = 4 * 127.5;
const DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/**
 * Adds noise to every pixel, of a strength that each image draws for itself. The noise is the sum of four uniform bytes,
 * which is Gaussian but for its tails beyond three standard deviations, and several times faster than an exact Gaussian.
 * @param deviation the highest standard deviation, in grey levels of 0..255; uniform from 0
 */
export function noise(image: Uint8Array, out: Uint8Array, deviation: number, random: Random): void {
  const scale = (deviation * random.next()) / DEVIATION;
  for (let i = 0; i < PIXELS; i++) {
    const word = (random.next() * 2 ** 32) | 0;
    const sum = (word & 255) + ((word >> 8) & 255) + ((word >> 16) & 255) + (word >>> 24);
    const grey = image[i]! + scale * (sum - MEAN);
    // An array of bytes cuts off what comes after the point.
    out[i] = grey < 0 ? 0 : grey > 255 ? 255 : grey + 0.5;
  }
}
