import type { Canvas, Point, Stroke } from './strokes.ts';

/**
 * Width of the pen, in pixels of the sheet. It equals the box of the inked digit divided by 8, because normalisation
 * scales that box to 20 pixels and 20 / 8 = 2.5 is the median stroke width of MNIST's digits in their 28 × 28 frame.
 */
const PEN = 20;
/** Longest side of the pen's path, in pixels of the sheet: with half a pen of ink on either end the box is 8 pens. */
const PATH = 7 * PEN;
/** Empty pixels around the ink, so that its smoothed edge is not cut. */
const MARGIN = 1;
/** Side of the sheet. Its ink is 160 pixels long, a multiple of 20, so normalisation averages whole pixels. */
const SIDE = PATH + PEN + 2 * MARGIN;

/** Strokes laid out for `drawStrokes`, and what to draw them on. */
export interface Sheet {
  readonly strokes: readonly Stroke[];
  readonly canvas: Canvas;
}

/**
 * Lays strokes out on a sheet of fixed size so that the pen comes out as wide, against the digit, as the pens of MNIST's
 * writers did. A pen of one width on screen would make a small digit a blob and a large one a thread after
 * normalisation; here the width follows from the digit, and where or how large it was drawn makes no difference.
 * @param strokes in any unit
 * @param least a drawing no longer than this either way, in the same unit, is a dot and no digit
 * @returns null when there is nothing to read: no stroke, or a dot
 */
export function layOut(strokes: readonly Stroke[], least: number): Sheet | null {
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const { x, y } of strokes.flat()) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const extent = Math.max(right - left, bottom - top);
  if (!(extent > least)) return null;
  const scale = PATH / extent;
  const edge = MARGIN + PEN / 2;
  const place = ({ x, y }: Point): Point => ({ x: edge + (x - left) * scale, y: edge + (y - top) * scale });
  return {
    strokes: strokes.map((stroke) => stroke.map(place)),
    canvas: { width: SIDE, height: SIDE, pen: PEN },
  };
}
