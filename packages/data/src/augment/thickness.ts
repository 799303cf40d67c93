import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/**
 * Makes strokes thicker or thinner: a blend of the image with its grey dilation or erosion by a plus of 3 × 3 pixels.
 * Whole steps would be too coarse: MNIST's strokes are two to four pixels wide.
 * @param most the share of a whole step, up to 1, that an image's strokes gain or lose at each edge; uniform in −most..most
 */
export function thickness(image: Uint8Array, out: Uint8Array, most: number, random: Random): void {
  const amount = most * (2 * random.next() - 1);
  // Erosion is the dilation of the negative.
  const sign = amount > 0 ? 1 : -1;
  const share = Math.abs(amount);
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, i++) {
      const centre = sign * image[i]!;
      // What lies beyond the frame is black.
      const left = x > 0 ? sign * image[i - 1]! : 0;
      const right = x < SIDE - 1 ? sign * image[i + 1]! : 0;
      const above = y > 0 ? sign * image[i - SIDE]! : 0;
      const below = i < PIXELS - SIDE ? sign * image[i + SIDE]! : 0;
      let extreme = centre;
      if (left > extreme) extreme = left;
      if (right > extreme) extreme = right;
      if (above > extreme) extreme = above;
      if (below > extreme) extreme = below;
      // An array of bytes cuts off what comes after the point.
      out[i] = sign * (centre + share * (extreme - centre)) + 0.5;
    }
  }
}
