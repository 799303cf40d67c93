import { type GreyImage, SIDE } from '@mnist-edge/recognizer';
import type { PenPoint, PenStroke } from './pen.ts';

/** Width of the pen on screen, as a share of the drawing's side. The net sees another: see the recognizer's `layOut`. */
export const SCREEN_PEN = 0.05;
/** Radius of the eraser, as a share of the drawing's side. */
export const ERASER_RADIUS = 0.05;

/** Which ink of one digit speaks for the answer. */
export interface Heat {
  /** Where the 28 × 28 frame of the net lies on the sheet, in shares of its side. */
  readonly left: number;
  readonly top: number;
  readonly side: number;
  /** 28 × 28: above 0 where ink speaks for the answer, below where against it. */
  readonly map: Float32Array;
}

/** What is on the sheet: strokes in shares of its side, or a picture's ink. */
export interface Painting {
  readonly strokes: readonly PenStroke[];
  readonly ink: GreyImage | null;
  readonly heat: readonly Heat[];
}

/**
 * Shows a drawing on a canvas, in the canvas's own text colour and at the screen's resolution. A pen pressed harder
 * leaves a wider line; to the net all lines are of one width.
 */
export function paintDrawing(canvas: HTMLCanvasElement, { strokes, ink, heat }: Painting): void {
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext('2d')!;
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, side, side);
  if (ink !== null) context.drawImage(tinted(ink, style.color), 0, 0, side, side);
  context.strokeStyle = style.color;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) paintStroke(context, stroke, side);
  if (heat.length > 0) paintHeat(context, heat, side, style);
}

function paintStroke(context: CanvasRenderingContext2D, stroke: PenStroke, side: number): void {
  const [first, ...rest] = stroke.map((point) => ({ ...point, x: point.x * side, y: point.y * side }));
  if (first === undefined) return;
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

/** Grey as how opaque a colour is. */
function tinted({ width, height, pixels }: GreyImage, colour: string): OffscreenCanvas {
  const picture = new ImageData(width, height);
  pixels.forEach((grey, at) => {
    picture.data[4 * at + 3] = grey;
  });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.putImageData(picture, 0, 0);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  return canvas;
}

/**
 * Colours the ink that is there: pale where it says little, in one colour where it speaks for, in another against. The
 * colours are the canvas's for its caret, outline and column rule: as a custom property they would come as they were
 * written, and a canvas does not know `light-dark()`.
 */
function paintHeat(
  context: CanvasRenderingContext2D,
  heat: readonly Heat[],
  side: number,
  style: CSSStyleDeclaration,
): void {
  context.save();
  context.globalCompositeOperation = 'source-atop';
  context.fillStyle = style.caretColor;
  context.fillRect(0, 0, side, side);
  for (const { map, left, top, side: frame } of heat) {
    const most = map.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
    for (const [sign, colour] of [
      [1, style.outlineColor],
      [-1, style.columnRuleColor],
    ] as const) {
      // The square root shows what is weak too.
      const greys = Uint8Array.from(map, (value) => 255 * Math.sqrt(Math.max(0, sign * value) / most));
      const shade = tinted({ width: SIDE, height: SIDE, pixels: greys }, colour);
      context.drawImage(shade, left * side, top * side, frame * side, frame * side);
    }
  }
  context.restore();
}

/** Shows the 28 × 28 bytes that the net saw, bright on black, on a canvas of 28 × 28 pixels. */
export function paintPreview(canvas: HTMLCanvasElement, image: Uint8Array): void {
  const picture = new ImageData(SIDE, SIDE);
  const { data } = picture;
  image.forEach((grey, at) => {
    const to = 4 * at;
    data[to] = data[to + 1] = data[to + 2] = grey;
    data[to + 3] = 255;
  });
  canvas.getContext('2d')!.putImageData(picture, 0, 0);
}

/** Shows what a layer made of an image: its channels beside each other, each from its lowest value to its highest. */
export function paintLayer(canvas: HTMLCanvasElement, { channels, height, width, values }: Channels): void {
  const columns = columnsFor(channels);
  canvas.width = columns * (width + 1) - 1;
  canvas.height = Math.ceil(channels / columns) * (height + 1) - 1;
  const picture = new ImageData(canvas.width, canvas.height);
  for (let channel = 0; channel < channels; channel++) {
    const part = values.subarray(channel * height * width, (channel + 1) * height * width);
    const highest = part.reduce((a, b) => Math.max(a, b), 0) || 1;
    const [left, top] = [(channel % columns) * (width + 1), Math.floor(channel / columns) * (height + 1)];
    part.forEach((value, at) => {
      const grey = 255 * Math.max(0, value / highest);
      const to = (top + Math.floor(at / width)) * canvas.width + left + (at % width);
      picture.data.set([grey, grey, grey, 255], 4 * to);
    });
  }
  canvas.getContext('2d')!.putImageData(picture, 0, 0);
}

/** At most 16, and so that the last row is full if it can be, without fewer than 8. */
export function columnsFor(channels: number): number {
  for (let columns = 16; columns >= 8; columns--) if (channels % columns === 0) return columns;
  return Math.min(channels, 16);
}

/** Pictures of one size, one after another. */
interface Channels {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}
