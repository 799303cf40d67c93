import { SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/**
 * Blackens a square whose centre lies anywhere in the frame (cutout: DeVries and Taylor, 2017, arXiv:1708.04552);
 * what is left of it beyond the frame is lost, so that some images keep almost everything.
 * @param side the longest that the square's side may be, in pixels; each length from 0 is equally likely
 */
export function occlusion(image: Uint8Array, out: Uint8Array, side: number, random: Random): void {
  const length = random.whole(side + 1);
  const left = random.whole(SIDE) - (length >> 1);
  const top = random.whole(SIDE) - (length >> 1);
  out.set(image);
  for (let y = Math.max(0, top); y < Math.min(SIDE, top + length); y++) {
    out.fill(0, y * SIDE + Math.max(0, left), y * SIDE + Math.min(SIDE, left + length));
  }
}
