import { PIXELS } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/**
 * Adds Gaussian noise to every pixel, of a strength that each image draws for itself.
 * @param deviation the highest standard deviation, in grey levels of 0..255; uniform from 0
 */
export function noise(image: Uint8Array, out: Uint8Array, deviation: number, random: Random): void {
  const strength = deviation * random.next();
  for (let i = 0; i < PIXELS; i++) {
    out[i] = Math.min(255, Math.max(0, Math.round(image[i]! + strength * random.normal())));
  }
}
