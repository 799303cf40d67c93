/** Side of the square image the net sees, in pixels. */
export const SIDE = 28;
/** Pixels of one such image. */
export const PIXELS = SIDE * SIDE;

/**
 * Bytes 0..255 → float32 0..1, the net's input; the only place where pixels are scaled.
 * @param bytes images of 784 bytes each, ink bright, one after another
 * @param out where to write, `bytes.length` long; a new array when left out
 */
export function toTensor(bytes: Uint8Array, out = new Float32Array(bytes.length)): Float32Array {
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i]! / 255;
  return out;
}
