import { SIDE } from '@mnist-edge/recognizer';
import type { PenPoint, PenStroke } from './pen.ts';

/** Width of the pen on screen, as a share of the drawing's side. The net sees another: see the recognizer's `layOut`. */
export const SCREEN_PEN = 0.05;
/** Radius of the eraser, as a share of the drawing's side. */
export const ERASER_RADIUS = 0.05;

/**
 * Shows a drawing on a canvas, in the canvas's own text colour and at the screen's resolution. A pen pressed harder
 * leaves a wider line; to the net all lines are of one width.
 * @param strokes in shares of the canvas's side
 */
export function paintDrawing(canvas: HTMLCanvasElement, strokes: readonly PenStroke[]): void {
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext('2d')!;
  const ink = getComputedStyle(canvas).color;
  context.clearRect(0, 0, side, side);
  context.strokeStyle = ink;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    const [first, ...rest] = stroke.map((point) => ({ ...point, x: point.x * side, y: point.y * side }));
    if (first === undefined) continue;
    const even = rest.every(({ pressure }) => pressure === first.pressure);
    const widthAt = ({ pressure }: PenPoint) => SCREEN_PEN * side * (0.6 + 0.8 * pressure);
    context.lineWidth = widthAt(first);
    context.beginPath();
    context.moveTo(first.x, first.y);
    // Curves through the middles of the segments, with the points as handles, hide the corners between them.
    let last = first;
    for (const point of rest) {
      const [x, y] = [(last.x + point.x) / 2, (last.y + point.y) / 2];
      context.quadraticCurveTo(last.x, last.y, x, y);
      if (!even) {
        context.stroke();
        context.beginPath();
        context.lineWidth = widthAt(point);
        context.moveTo(x, y);
      }
      last = point;
    }
    // A line of no length is not painted, and a tap should be.
    context.lineTo(last.x + (rest.length === 0 ? 0.01 : 0), last.y);
    context.stroke();
  }
}

/** Shows the 28 × 28 bytes that the net saw, bright on black, on a canvas of 28 × 28 pixels. */
export function paintPreview(canvas: HTMLCanvasElement, image: Uint8Array): void {
  const picture = new ImageData(SIDE, SIDE);
  for (const [at, grey] of image.entries()) picture.data.set([grey, grey, grey, 255], at * 4);
  canvas.getContext('2d')!.putImageData(picture, 0, 0);
}
