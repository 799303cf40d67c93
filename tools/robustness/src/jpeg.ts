import { SIDE } from '@mnist-edge/recognizer';
import { type Greys, paint } from './image.ts';

/** The luminance quantisation table of the JPEG standard (ITU-T T.81, annex K.1), for quality 50. */
const TABLE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
] as const;
const BLOCK = 8;

/** cos((2x + 1) · u · π / 16) with the transform's scale, by frequency and then place. */
const waves = Float64Array.from({ length: BLOCK * BLOCK }, (_, i) => {
  const [u, x] = [Math.floor(i / BLOCK), i % BLOCK];
  return Math.cos(((2 * x + 1) * u * Math.PI) / (2 * BLOCK)) * (u === 0 ? Math.sqrt(1 / BLOCK) : Math.sqrt(2 / BLOCK));
});

/**
 * What is left of a picture after JPEG at a quality: 8 × 8 blocks through the cosine transform, rounded to the table's
 * steps, and back. Own code, because encoders differ; the coding of the numbers after that loses nothing.
 * @param quality 1 to 100, scaled as libjpeg does
 */
export function jpeg(image: Greys, quality: number): Greys {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const steps = TABLE.map((step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
  const across = Math.ceil(SIDE / BLOCK);
  const blocks = Array.from({ length: across * across }, (_, i) => {
    const [left, top] = [(i % across) * BLOCK, Math.floor(i / across) * BLOCK];
    const block = new Float64Array(BLOCK * BLOCK).map((_, j) => {
      // An encoder fills the last blocks with the picture's edge.
      const x = Math.min(SIDE - 1, left + (j % BLOCK));
      const y = Math.min(SIDE - 1, top + Math.floor(j / BLOCK));
      return Math.min(255, Math.max(0, Math.round(image[y * SIDE + x]!))) - 128;
    });
    const frequencies = transform(block, false).map((value, j) => Math.round(value / steps[j]!) * steps[j]!);
    return transform(frequencies, true);
  });
  return paint((x, y) => {
    const block = blocks[Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK)]!;
    return block[(y % BLOCK) * BLOCK + (x % BLOCK)]! + 128;
  });
}

/** The cosine transform of a block, or its inverse. */
function transform(block: Float64Array, inverse: boolean): Float64Array {
  const wave = (u: number, x: number) => (inverse ? waves[x * BLOCK + u]! : waves[u * BLOCK + x]!);
  const pass = (from: (row: number, i: number) => number) =>
    Float64Array.from({ length: BLOCK * BLOCK }, (_, j) => {
      const [row, u] = [Math.floor(j / BLOCK), j % BLOCK];
      let sum = 0;
      for (let i = 0; i < BLOCK; i++) sum += wave(u, i) * from(row, i);
      return sum;
    });
  const rows = pass((row, i) => block[row * BLOCK + i]!);
  const columns = pass((row, i) => rows[i * BLOCK + row]!);
  return Float64Array.from({ length: BLOCK * BLOCK }, (_, j) => columns[(j % BLOCK) * BLOCK + Math.floor(j / BLOCK)]!);
}
