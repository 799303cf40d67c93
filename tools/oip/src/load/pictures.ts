import { drawStrokes } from '@mnist-edge/recognizer';
import sharp from 'sharp';

/** A seven as a PNG and as a JPEG, small enough to be sent a million times. */
export async function pictures(): Promise<Buffer[]> {
  const seven = [
    { x: 12, y: 10 },
    { x: 42, y: 10 },
    { x: 24, y: 48 },
  ];
  const { width, height, pixels } = drawStrokes([seven], { width: 56, height: 56, pen: 4.5 });
  const picture = sharp(pixels, { raw: { width, height, channels: 1 } }).negate();
  return [await picture.clone().png().toBuffer(), await picture.clone().jpeg().toBuffer()];
}
