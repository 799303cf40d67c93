import { PIXELS } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';

/**
 * Draws all grey levels towards one of them, as faint ink, a weak scan or a bright room do.
 * @param lost the most of the contrast that may be lost, 0..1; uniform from 0, as is the grey that all are drawn to
 */
export function contrast(image: Uint8Array, out: Uint8Array, lost: number, random: Random): void {
  const share = lost * random.next();
  const grey = 255 * random.next();
  for (let i = 0; i < PIXELS; i++) out[i] = image[i]! + share * (grey - image[i]!) + 0.5;
}
