import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/**
 * Makes strokes thicker or thinner: a blend of the image with its grey dilation or erosion by a plus of 3 × 3 pixels.
 * Whole steps would be too coarse: MNIST's strokes are two to four pixels wide.
 * @param most the share of a whole step, up to 1, that an image's strokes gain or lose at each edge; uniform in −most..most
 */
export function thickness(image: Uint8Array, out: Uint8Array, most: number, random: Random): void {
  const amount = most * (2 * random.next() - 1);
  const extreme = amount > 0 ? Math.max : Math.min;
  const share = Math.abs(amount);
  for (let i = 0; i < PIXELS; i++) {
    const x = i % SIDE;
    const centre = image[i]!;
    // What lies beyond the frame is black.
    const left = x > 0 ? image[i - 1]! : 0;
    const right = x < SIDE - 1 ? image[i + 1]! : 0;
    const above = i >= SIDE ? image[i - SIDE]! : 0;
    const below = i < PIXELS - SIDE ? image[i + SIDE]! : 0;
    out[i] = Math.round(centre + share * (extreme(centre, left, right, above, below) - centre));
  }
}
