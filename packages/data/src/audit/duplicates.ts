import { PIXELS, SIDE } from '@mnist-edge/recognizer';
import { sha256 } from '../dataset.ts';

/** Images of which each is a copy of the others, to the bit. */
export type Copies = readonly number[];

export interface NearCopy {
  readonly first: number;
  readonly second: number;
  /** Root mean square of the difference, in grey levels of 0..255. */
  readonly difference: number;
}

/** Groups of two images and more that are the same to the bit, in the order of their first. */
export function findCopies(images: Uint8Array): Copies[] {
  const groups = new Map<string, number[]>();
  for (let index = 0; index < images.length / PIXELS; index++) {
    const hash = sha256(images.subarray(index * PIXELS, (index + 1) * PIXELS));
    const group = groups.get(hash);
    if (group === undefined) groups.set(hash, [index]);
    else group.push(index);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Pixels along one side of a block, and blocks in an image. */
const BLOCK = 7;
const BLOCKS = (SIDE / BLOCK) ** 2;

/**
 * All pairs of images that differ by at most `most`, without those that are the same to the bit; the nearest first.
 * Exact: nothing is missed. By Cauchy and Schwarz two images differ in the sum of any part of them by no more than the
 * root of its size times their distance, so that sorting by one sum, then comparing block by block, spares most pairs the
 * whole comparison.
 * @param most root mean square of the difference, in grey levels of 0..255
 */
export function findNearCopies(images: Uint8Array, most: number): NearCopy[] {
  const count = images.length / PIXELS;
  const distance = most * most * PIXELS;
  const sums = blockSums(images, count);
  const totals = Float64Array.from({ length: count }, (_, i) =>
    sums.subarray(i * BLOCKS, (i + 1) * BLOCKS).reduce((a, b) => a + b, 0),
  );
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => totals[a]! - totals[b]!);
  // The blocks that differ most come first: the corners of digits are black and tell nothing apart.
  const blocks = byVariance(sums, count);
  const sorted = new Float64Array(count * BLOCKS);
  order.forEach((index, rank) => {
    blocks.forEach((block, i) => {
      sorted[rank * BLOCKS + i] = sums[index * BLOCKS + block]!;
    });
  });
  const ranked = totals.slice().sort();
  const window = most * PIXELS;
  const blockLimit = distance * BLOCK * BLOCK;
  const found: NearCopy[] = [];
  for (let a = 0; a < count; a++) {
    const limit = ranked[a]! + window;
    for (let b = a + 1; b < count && ranked[b]! <= limit; b++) {
      let sum = 0;
      for (let i = 0; i < BLOCKS && sum <= blockLimit; i++) {
        const difference = sorted[a * BLOCKS + i]! - sorted[b * BLOCKS + i]!;
        sum += difference * difference;
      }
      if (sum > blockLimit) continue;
      const squares = squaredDistance(images, order[a]!, order[b]!, distance);
      if (squares > 0 && squares <= distance) {
        const [first, second] = [Math.min(order[a]!, order[b]!), Math.max(order[a]!, order[b]!)];
        found.push({ first, second, difference: Math.sqrt(squares / PIXELS) });
      }
    }
  }
  return found.sort((x, y) => x.difference - y.difference || x.first - y.first || x.second - y.second);
}

function blockSums(images: Uint8Array, count: number): Float64Array {
  const sums = new Float64Array(count * BLOCKS);
  const across = SIDE / BLOCK;
  const blockOf = Uint8Array.from(
    { length: PIXELS },
    (_, i) => Math.floor(i / SIDE / BLOCK) * across + Math.floor((i % SIDE) / BLOCK),
  );
  for (let index = 0; index < count; index++) {
    for (let i = 0; i < PIXELS; i++) sums[index * BLOCKS + blockOf[i]!]! += images[index * PIXELS + i]!;
  }
  return sums;
}

/** The blocks, the one that varies most between images first. */
function byVariance(sums: Float64Array, count: number): number[] {
  const variances = Array.from({ length: BLOCKS }, (_, block) => {
    let sum = 0;
    let squares = 0;
    for (let index = 0; index < count; index++) {
      const value = sums[index * BLOCKS + block]!;
      sum += value;
      squares += value * value;
    }
    return squares / count - (sum / count) ** 2;
  });
  return [...variances.keys()].sort((a, b) => variances[b]! - variances[a]!);
}

/** Squared distance of two images, or something above `limit` where it is above. */
function squaredDistance(images: Uint8Array, a: number, b: number, limit: number): number {
  let sum = 0;
  for (let i = 0; i < PIXELS && sum <= limit; i++) {
    const difference = images[a * PIXELS + i]! - images[b * PIXELS + i]!;
    sum += difference * difference;
  }
  return sum;
}
