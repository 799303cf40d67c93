import { SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/**
 * Lays the image over an uneven background, as paper in the light of a room is: a plane of grey that rises from one side
 * to the other. Ink keeps its brightness; what was black gets the background's.
 * @param level the brightest that the background may be, in grey levels of 0..255; its two ends are each uniform from 0
 */
export function background(image: Uint8Array, out: Uint8Array, level: number, random: Random): void {
  const from = level * random.next();
  const to = level * random.next();
  const direction = 2 * Math.PI * random.next();
  // The frame's corners are √½ of its side from its middle, so that the plane stays between its ends.
  const reach = Math.SQRT1_2 * SIDE;
  const stepX = Math.cos(direction) / (2 * reach);
  const stepY = Math.sin(direction) / (2 * reach);
  const centre = (SIDE - 1) / 2;
  for (let y = 0; y < SIDE; y++) {
    const row = 0.5 - centre * stepX + (y - centre) * stepY;
    for (let x = 0; x < SIDE; x++) {
      const grey = image[y * SIDE + x]!;
      const behind = from + (to - from) * (row + x * stepX);
      // An array of bytes cuts off what comes after the point.
      out[y * SIDE + x] = grey + (behind * (255 - grey)) / 255 + 0.5;
    }
  }
}
