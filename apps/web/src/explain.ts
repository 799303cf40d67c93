import { SIDE } from '@mnist-edge/recognizer';
import type { Digit } from './api.ts';
import type { Heat } from './paint.ts';

/** Normalising scales ink to so many pixels; see the recognizer's `normalize`. */
const BOX = 20;
/** The pen is a seventh of its path's longer side (see `layOut`), and half of it is ink around the path. */
const HALF_PEN = 1 / 14;

/**
 * Where on the sheet the 28 × 28 frame lies in which the net saw a digit: the ink's top-left corner is that of the first
 * inked pixel, and 20 pixels are the ink's longer side.
 * @param drawn the digit's box is of a pen's path, which has no width yet
 */
export function frameOf({ box, image }: Digit, drawn: boolean): Omit<Heat, 'map'> {
  const longer = Math.max(box.width, box.height);
  const around = drawn ? longer * HALF_PEN : 0;
  const pixel = (longer + 2 * around) / BOX;
  let [column, row] = [SIDE, SIDE];
  image.forEach((grey, at) => {
    if (grey === 0) return;
    column = Math.min(column, at % SIDE);
    row = Math.min(row, Math.floor(at / SIDE));
  });
  return { left: box.left - around - column * pixel, top: box.top - around - row * pixel, side: SIDE * pixel };
}
