import type { Box } from './components.ts';
import type { GreyImage } from './grey-image.ts';

/** A way to cut a piece of ink in two, from top to bottom. */
export interface Seam {
  /** For each row of the piece's box, the first column (of the image) that lies to the right of the cut. */
  readonly columns: Int32Array;
  /** Ink that is cut through, as a length in pixels. */
  readonly cost: number;
}

/** Rows that the line's height is looked at in: cuts need not be finer. */
const ROWS = 40;
/** What a step to the side costs, as a share of a cell of ink: of two cuts the straighter is the better. */
const SIDEWAYS = 0.02;

/**
 * The cheapest cuts through a piece of ink, one for each place that is cheaper than the places beside it: as little ink
 * as possible along a way that goes down, and at each step at most one to the side (seam carving, Avidan and Shamir 2007).
 * @param has whether a pixel of the image belongs to the piece
 * @param lineHeight height of the line that the piece stands in, in pixels
 * @param apart cuts are at least so far from each other and from the box's sides, in pixels
 * @param most the most cuts that are of use
 * @returns from left to right
 */
export function findSeams(
  image: GreyImage,
  box: Box,
  has: (at: number) => boolean,
  { lineHeight, apart, most }: { readonly lineHeight: number; readonly apart: number; readonly most: number },
): Seam[] {
  const cell = Math.max(1, lineHeight / ROWS);
  const width = Math.ceil(box.width / cell);
  const height = Math.ceil(box.height / cell);
  const ink = cells(image, box, has, cell, width, height);
  const down = cheapestFromTop(ink, width, height);
  const up = cheapestFromTop(ink.toReversed(), width, height).toReversed();
  const middle = (height >> 1) * width;
  const costs = Array.from({ length: width }, (_, x) => down[middle + x]! + up[middle + x]! - ink[middle + x]!);
  return chooseColumns(costs, apart / cell, most).map((column) => {
    const way = follow(down, up, width, height, column);
    return {
      // The cut runs through the middle of its cells.
      columns: Int32Array.from({ length: box.height }, (_, y) => {
        return box.left + Math.round((way[Math.min(height - 1, Math.floor(y / cell))]! + 0.5) * cell);
      }),
      cost: costs[column]! * cell,
    };
  });
}

/** The mean ink of each cell, 0..1. */
function cells(image: GreyImage, box: Box, has: (at: number) => boolean, cell: number, width: number, height: number) {
  const sums = new Float64Array(width * height);
  for (let y = 0; y < box.height; y++) {
    const row = Math.floor(y / cell) * width;
    for (let x = 0; x < box.width; x++) {
      const at = (box.top + y) * image.width + box.left + x;
      if (has(at)) sums[row + Math.floor(x / cell)]! += image.pixels[at]!;
    }
  }
  return sums.map((sum) => sum / (255 * cell * cell));
}

/** For each cell, the ink on the cheapest way to it from the first row, its own included. */
function cheapestFromTop(ink: Float64Array, width: number, height: number): Float64Array {
  const costs = ink.slice();
  for (let y = 1; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const above = (y - 1) * width + x;
      const left = x > 0 ? costs[above - 1]! + SIDEWAYS : Number.POSITIVE_INFINITY;
      const right = x + 1 < width ? costs[above + 1]! + SIDEWAYS : Number.POSITIVE_INFINITY;
      costs[y * width + x]! += Math.min(costs[above]!, left, right);
    }
  }
  return costs;
}

/** The cheapest columns that are no dearer than their neighbours, and far enough apart; from left to right. */
function chooseColumns(costs: readonly number[], apart: number, most: number): number[] {
  const byCost = [...costs.keys()]
    .filter((x) => x >= apart && x <= costs.length - 1 - apart)
    .sort((a, b) => costs[a]! - costs[b]!);
  const chosen: number[] = [];
  for (const x of byCost) {
    if (chosen.length === most) break;
    if (chosen.every((other) => Math.abs(other - x) >= apart)) chosen.push(x);
  }
  return chosen.sort((a, b) => a - b);
}

/** The cheapest way through a cell of the middle row, as a column for each row. */
function follow(down: Float64Array, up: Float64Array, width: number, height: number, column: number): Int32Array {
  const way = new Int32Array(height);
  const middle = height >> 1;
  way[middle] = column;
  const cheapest = (costs: Float64Array, y: number, from: number): number => {
    let best = from;
    for (const x of [from - 1, from + 1]) {
      if (x >= 0 && x < width && costs[y * width + x]! < costs[y * width + best]!) best = x;
    }
    return best;
  };
  for (let y = middle - 1; y >= 0; y--) way[y] = cheapest(down, y, way[y + 1]!);
  for (let y = middle + 1; y < height; y++) way[y] = cheapest(up, y, way[y - 1]!);
  return way;
}
