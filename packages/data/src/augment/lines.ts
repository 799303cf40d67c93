import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/**
 * Draws straight lines across the frame, as a form's rules, a table's or a crossing-out leave them: each through two points
 * of the frame, half a pixel to a pixel and a half wide, as bright as ink or fainter.
 * @param most the largest number of lines; each from 0 is equally likely
 */
export function lines(image: Uint8Array, out: Uint8Array, most: number, random: Random): void {
  out.set(image);
  for (let count = random.whole(most + 1); count > 0; count--) {
    const [x, y, towardsX, towardsY] = [0, 0, 0, 0].map(() => SIDE * random.next()) as [number, number, number, number];
    const width = 0.5 + random.next();
    const brightness = 96 + 159 * random.next();
    const length = Math.hypot(towardsX - x, towardsY - y) || 1;
    const [alongX, alongY] = [(towardsX - x) / length, (towardsY - y) / length];
    for (let i = 0; i < PIXELS; i++) {
      const distance = Math.abs(((i % SIDE) - x) * alongY - (Math.floor(i / SIDE) - y) * alongX);
      const covered = Math.min(1, width / 2 + 0.5 - distance);
      // An array of bytes cuts off what comes after the point.
      if (covered > 0) out[i] = Math.max(out[i]!, brightness * covered + 0.5);
    }
  }
}
