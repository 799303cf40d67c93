import { SIDE } from '@mnist-edge/recognizer';
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
    for (let row = 0; row < SIDE; row++) {
      const fromRow = (row - y) * alongX;
      for (let column = 0; column < SIDE; column++) {
        const covered = Math.min(1, width / 2 + 0.5 - Math.abs((column - x) * alongY - fromRow));
        if (covered <= 0) continue;
        const i = row * SIDE + column;
        // An array of bytes cuts off what comes after the point.
        out[i] = Math.max(out[i]!, brightness * covered + 0.5);
      }
    }
  }
}
