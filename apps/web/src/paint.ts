import { SIDE, type Stroke } from '@mnist-edge/recognizer';

/** Width of the pen on screen, as a share of the drawing's side. The net sees another: see `pen-width.ts`. */
export const SCREEN_PEN = 0.05;

/**
 * Shows a drawing on a canvas, in the canvas's own text colour and at the screen's resolution.
 * @param strokes in shares of the canvas's side
 */
export function paintDrawing(canvas: HTMLCanvasElement, strokes: readonly Stroke[]): void {
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext('2d')!;
  const ink = getComputedStyle(canvas).color;
  context.clearRect(0, 0, side, side);
  context.strokeStyle = ink;
  context.lineWidth = SCREEN_PEN * side;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    const [first, ...rest] = stroke.map(({ x, y }) => ({ x: x * side, y: y * side }));
    if (first === undefined) continue;
    context.beginPath();
    context.moveTo(first.x, first.y);
    // Curves through the middles of the segments, with the points as handles, hide the corners between them.
    let last = first;
    for (const point of rest) {
      context.quadraticCurveTo(last.x, last.y, (last.x + point.x) / 2, (last.y + point.y) / 2);
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
