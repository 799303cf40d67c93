import { Problem } from './problem.ts';

/** An 8-bit grey image, row-major; 0 is black, 255 is white. `pixels.length` is `width * height`. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * A grey image of the given size; all black when no pixels are given.
 * @throws {Problem} when a side is not a whole number above 0, or the pixels do not fill the image exactly.
 */
export function greyImage(width: number, height: number, pixels?: Uint8Array): GreyImage {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new Problem(`An image of ${width} × ${height} pixels cannot be: both sides must be whole numbers from 1.`);
  }
  if (pixels !== undefined && pixels.length !== width * height) {
    throw new Problem(
      `A grey image of ${width} × ${height} needs ${width * height} pixels, one byte each; ${pixels.length} were given.`,
    );
  }
  return { width, height, pixels: pixels ?? new Uint8Array(width * height) };
}
