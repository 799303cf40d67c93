import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/** Mirrors an image, left to right, with this probability. Not for digits or letters: a mirrored 3 is no 3. */
export function flip(image: Uint8Array, out: Uint8Array, probability: number, random: Random): void {
  const mirrored = random.next() < probability;
  for (let i = 0; i < PIXELS; i++) out[i] = image[mirrored ? i - (i % SIDE) + SIDE - 1 - (i % SIDE) : i]!;
}
