import type { GreyImage } from './grey-image.ts';

/** A box of pixels: `left` and `top` are its first column and row. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Ink that hangs together. */
export interface Component {
  readonly box: Box;
  /** Pixels that hold any ink. */
  readonly area: number;
  /** Its brightest grey. */
  readonly peak: number;
}

export interface Components {
  /** For each pixel the index of its component in `list`, or −1 where there is no ink. */
  readonly labels: Int32Array;
  readonly list: readonly Component[];
}

/**
 * The pieces of ink that hang together by sides or corners, in the order of their first pixel.
 * @param ink bright on exactly black
 */
export function findComponents({ width, height, pixels }: GreyImage): Components {
  const labels = new Int32Array(pixels.length).fill(-1);
  const list: Component[] = [];
  /** Pixels whose neighbours have yet to be looked at. */
  const waiting: number[] = [];
  for (let start = 0; start < pixels.length; start++) {
    if (pixels[start] === 0 || labels[start] !== -1) continue;
    const label = list.length;
    let [left, right, top, bottom, area, peak] = [width, -1, height, -1, 0, 0];
    labels[start] = label;
    waiting.push(start);
    while (waiting.length > 0) {
      const at = waiting.pop()!;
      const y = Math.floor(at / width);
      const x = at - y * width;
      area++;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      if (pixels[at]! > peak) peak = pixels[at]!;
      const lastX = Math.min(width - 1, x + 1);
      const lastY = Math.min(height - 1, y + 1);
      for (let nearY = Math.max(0, y - 1); nearY <= lastY; nearY++) {
        for (let nearX = Math.max(0, x - 1); nearX <= lastX; nearX++) {
          const near = nearY * width + nearX;
          if (pixels[near] === 0 || labels[near] !== -1) continue;
          labels[near] = label;
          waiting.push(near);
        }
      }
    }
    list.push({ box: { left, top, width: right - left + 1, height: bottom - top + 1 }, area, peak });
  }
  return { labels, list };
}
