import { type GreyImage, greyImage } from './grey-image.ts';

/** A point of a pen's path, in pixels of the image to be drawn: x to the right, y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the pen drew between touching down and lifting; a single point is a dot. */
export type Stroke = readonly Point[];

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Diameter of the round pen, in pixels. */
  readonly pen: number;
}

/**
 * Draws strokes as bright ink on black, with a round pen and edges smoothed over one pixel.
 * A pixel's grey is its coverage, taken from the distance of its centre to the pen's path.
 */
export function drawStrokes(strokes: readonly Stroke[], canvas: Canvas): GreyImage {
  const image = greyImage(canvas.width, canvas.height);
  for (const stroke of strokes) {
    for (let i = 0; i < stroke.length; i++) {
      if (i === 0 && stroke.length > 1) continue;
      drawSegment(image, stroke[Math.max(0, i - 1)]!, stroke[i]!, canvas.pen / 2);
    }
  }
  return image;
}

function drawSegment({ width, height, pixels }: GreyImage, a: Point, b: Point, radius: number): void {
  const reach = radius + 0.5;
  const top = Math.max(0, Math.floor(Math.min(a.y, b.y) - reach));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(a.y, b.y) + reach));
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const squaredLength = dx * dx + dy * dy;
  for (let y = top; y <= bottom; y++) {
    // Pixel centres lie at +0.5.
    const py = y + 0.5 - a.y;
    const [from, to] = crossing(a, b, y + 0.5, reach);
    const left = Math.max(0, Math.floor(from - 0.5));
    const right = Math.min(width - 1, Math.ceil(to - 0.5));
    // Where the pen covers whole pixels there is nothing to measure: that is most of a wide stroke.
    const [fullFrom, fullTo] = crossing(a, b, y + 0.5, radius - 0.5);
    const fullLeft = Math.max(left, Math.ceil(fullFrom - 0.5 + SURE));
    const fullRight = Math.min(right, Math.floor(fullTo - 0.5 - SURE));
    const row = y * width;
    if (fullLeft <= fullRight) pixels.fill(255, row + fullLeft, row + fullRight + 1);
    for (let x = left; x <= right; x++) {
      if (x === fullLeft && fullLeft <= fullRight) {
        x = fullRight;
        continue;
      }
      const px = x + 0.5 - a.x;
      const along = squaredLength === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squaredLength));
      const offX = px - along * dx;
      const offY = py - along * dy;
      const distance = Math.sqrt(offX * offX + offY * offY); // Math.hypot is many times slower.
      const grey = Math.round(255 * Math.min(1, Math.max(0, reach - distance)));
      if (grey > pixels[row + x]!) pixels[row + x] = grey;
    }
  }
}

/** Rounding may not make a pixel look covered that is not quite. */
const SURE = 1e-6;

/**
 * Where a row of points goes into and out of all that is within a distance of a segment: of its ends, which are discs, and
 * of the strip between them. The first is above the second where it does not.
 */
function crossing(a: Point, b: Point, y: number, distance: number): readonly [from: number, to: number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  if (distance <= 0) return [from, to];
  for (const end of [a, b]) {
    const half = distance * distance - (y - end.y) * (y - end.y);
    if (half < 0) continue;
    from = Math.min(from, end.x - Math.sqrt(half));
    to = Math.max(to, end.x + Math.sqrt(half));
  }
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  // The square of next to nothing is nothing.
  const length = Math.sqrt(dx * dx + dy * dy);
  if (dy === 0 || length === 0) return [from, to];
  for (const side of [-distance, distance]) {
    // How far along the strip's edge the row meets it.
    const along = (y - a.y - (side * dx) / length) / dy;
    if (along < 0 || along > 1) continue;
    const x = a.x - (side * dy) / length + along * dx;
    from = Math.min(from, x);
    to = Math.max(to, x);
  }
  return [from, to];
}
