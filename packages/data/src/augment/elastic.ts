import { SIDE } from '@mnist-edge/recognizer';
import type { Random } from '../random.ts';
import { bilinear, UNIT } from './bilinear.ts';

/** Standard deviation of the smoothing, in pixels: Simard, Steinkraus and Platt (2003) found 4 best for MNIST. */
const SMOOTHNESS = 4;
/** Pixels between two points that the field is drawn at; straight between them, which so smooth a field nearly is. */
const STEP = 4;
/** Bits that a division by STEP² drops. */
const SHIFT = 4;
/** Points a side, from the first pixel to just beyond the last. */
const GRID = SIDE / STEP + 1;
/** Weights of a point and of its neighbours to either side, as far as two standard deviations. */
const kernel = Float64Array.from({ length: (2 * SMOOTHNESS) / STEP + 1 }, (_, i) =>
  Math.exp(-((i * STEP) ** 2) / (2 * SMOOTHNESS ** 2)),
);

/**
 * Moves each pixel by a smooth random field, as Simard, Steinkraus and Platt describe it ("Best Practices for
 * Convolutional Neural Networks Applied to Visual Document Analysis", 2003); bilinear, black beyond the frame.
 * @param most the highest root mean square of the field, in pixels; each image draws its own, uniform from 0
 */
export function elastic(image: Uint8Array, out: Uint8Array, most: number, random: Random): void {
  const strength = most * random.next();
  const right = field(strength, random);
  const down = field(strength, random);
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x += STEP) {
      // From point to point the field grows by the same each pixel: in 1/STEP² of its unit these are whole numbers.
      const startX = onColumn(right, x, y);
      const startY = onColumn(down, x, y);
      const growthX = onColumn(right, x + STEP, y) - startX;
      const growthY = onColumn(down, x + STEP, y) - startY;
      let offsetX = STEP * startX;
      let offsetY = STEP * startY;
      for (let column = x; column < x + STEP; column++, i++) {
        const fromX = (column * UNIT + (offsetX >> SHIFT)) | 0;
        const fromY = (y * UNIT + (offsetY >> SHIFT)) | 0;
        out[i] = bilinear(image, 0, fromX, fromY);
        offsetX = (offsetX + growthX) | 0;
        offsetY = (offsetY + growthY) | 0;
      }
    }
  }
}

/** Smoothed noise with this root mean square, at every point of the grid, in 1/65536 of a pixel. */
function field(strength: number, random: Random): Int32Array {
  const noise = new Float64Array(GRID * GRID);
  for (let i = 0; i < noise.length; i++) noise[i] = 2 * random.next() - 1;
  // Along the lines and turned, twice: smoothed both ways and as it was.
  const smooth = smoothed(smoothed(noise));
  let square = 0;
  for (let i = 0; i < smooth.length; i++) square += smooth[i]! * smooth[i]!;
  const scale = square > 0 ? (UNIT * strength) / Math.sqrt(square / smooth.length) : 0;
  const field = new Int32Array(smooth.length);
  for (let i = 0; i < field.length; i++) field[i] = Math.round(scale * smooth[i]!);
  return field;
}

/** Convolves the lines of a grid, with nothing beyond their ends, and turns them into columns. */
function smoothed(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let line = 0; line < GRID; line++) {
    for (let at = 0; at < GRID; at++) {
      const i = line * GRID + at;
      let sum = kernel[0]! * values[i]!;
      for (let k = 1; k < kernel.length; k++) {
        if (at >= k) sum += kernel[k]! * values[i - k]!;
        if (at + k < GRID) sum += kernel[k]! * values[i + k]!;
      }
      out[at * GRID + line] = sum;
    }
  }
  return out;
}

/** STEP times the field where a row of pixels crosses a column of points; x is a multiple of STEP. */
function onColumn(field: Int32Array, x: number, y: number): number {
  const below = y % STEP;
  const at = ((y - below) / STEP) * GRID + x / STEP;
  return ((STEP - below) * field[at]! + below * field[at + GRID]!) | 0;
}
