import { SIDE } from '@mnist-edge/recognizer';

/** Positions are counted in 1/65536 of a pixel and weights in 1/256: whole numbers are almost twice as fast. */
export const UNIT = 65_536;
/** Positions from 0 to here have all four neighbours inside the frame. */
const INNER = (SIDE - 1) * UNIT;

/**
 * Grey level between pixels by bilinear interpolation; black beyond the frame.
 * @param images any number of images of 784 bytes, one after another
 * @param start where the image begins
 * @param x,y position in 1/65536 of a pixel, whole numbers within 32 bits
 */
export function bilinear(images: Uint8Array, start: number, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= INNER || y >= INNER) return atEdge(images, start, x, y);
  const at = start + (y >> 16) * SIDE + (x >> 16);
  return blend(images[at]!, images[at + 1]!, images[at + SIDE]!, images[at + SIDE + 1]!, x, y);
}

/** The same where neighbours may lie outside the frame, which is black. */
function atEdge(images: Uint8Array, start: number, x: number, y: number): number {
  const left = x >> 16;
  const top = y >> 16;
  if (left < -1 || top < -1 || left >= SIDE || top >= SIDE) return 0;
  const a = pixel(images, start, left, top);
  const b = pixel(images, start, left + 1, top);
  const c = pixel(images, start, left, top + 1);
  const d = pixel(images, start, left + 1, top + 1);
  return blend(a, b, c, d, x, y);
}

function pixel(images: Uint8Array, start: number, x: number, y: number): number {
  return x >= 0 && y >= 0 && x < SIDE && y < SIDE ? images[start + y * SIDE + x]! : 0;
}

/** Interpolates four neighbours by the fractions of a position. */
function blend(a: number, b: number, c: number, d: number, x: number, y: number): number {
  const toRight = (x >> 8) & 255;
  const toBottom = (y >> 8) & 255;
  const above = a * 256 + toRight * (b - a);
  const below = c * 256 + toRight * (d - c);
  return (above * 256 + toBottom * (below - above) + UNIT / 2) >> 16;
}
