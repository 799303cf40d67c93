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
  const left = Math.max(0, Math.floor(Math.min(a.x, b.x) - reach));
  const right = Math.min(width - 1, Math.ceil(Math.max(a.x, b.x) + reach));
  const top = Math.max(0, Math.floor(Math.min(a.y, b.y) - reach));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(a.y, b.y) + reach));
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const squaredLength = dx * dx + dy * dy;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      // Pixel centres lie at +0.5.
      const px = x + 0.5 - a.x;
      const py = y + 0.5 - a.y;
      const along = squaredLength === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squaredLength));
      const offX = px - along * dx;
      const offY = py - along * dy;
      const distance = Math.sqrt(offX * offX + offY * offY); // Math.hypot is many times slower.
      const grey = Math.round(255 * Math.min(1, Math.max(0, reach - distance)));
      const at = y * width + x;
      if (grey > pixels[at]!) pixels[at] = grey;
    }
  }
}
