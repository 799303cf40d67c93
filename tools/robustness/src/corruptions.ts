import type { Random } from '@mnist-edge/data';
import { SIDE } from '@mnist-edge/recognizer';
import { type Greys, paint, stretch, warp } from './image.ts';
import { jpeg } from './jpeg.ts';

/** Five grades of how badly a digit is spoilt. */
export const SEVERITIES = [1, 2, 3, 4, 5] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A way to spoil a digit. */
export interface Family {
  readonly name: string;
  /** Kinds of the trainer's augmentation that show a net the like of it. */
  readonly trainedBy: readonly string[];
  /** @param amount what a severity stands for: see `amounts` */
  readonly spoil: (image: Greys, amount: number, random: Random) => Greys;
  /** By severity. */
  readonly amounts: readonly [number, number, number, number, number];
  /** What an amount is. */
  readonly unit: string;
}

/** All families. At the middle severity a person still reads nearly every digit. */
export const families: readonly Family[] = [
  {
    name: 'shift',
    trainedBy: ['affine'],
    unit: 'pixels, any direction',
    amounts: [1, 2, 3, 4, 5],
    spoil: (image, pixels, random) => {
      const direction = 2 * Math.PI * random.next();
      return warp(image, [1, 0, 0, 1], pixels * Math.cos(direction), pixels * Math.sin(direction));
    },
  },
  {
    name: 'rotate',
    trainedBy: ['affine'],
    unit: 'degrees, either way',
    amounts: [8, 14, 20, 26, 32],
    spoil: (image, degrees, random) => {
      const turn = (sign(random) * degrees * Math.PI) / 180;
      return warp(image, [Math.cos(turn), Math.sin(turn), -Math.sin(turn), Math.cos(turn)]);
    },
  },
  {
    name: 'scale',
    trainedBy: ['affine'],
    unit: 'natural logarithm of the size, either way',
    amounts: [0.1, 0.18, 0.26, 0.34, 0.42],
    spoil: (image, logarithm, random) => {
      // Much larger, and the digit would leave the frame.
      const size = Math.exp(sign(random) > 0 ? logarithm / 2 : -logarithm);
      return warp(image, [1 / size, 0, 0, 1 / size]);
    },
  },
  {
    name: 'shear',
    trainedBy: ['affine'],
    unit: 'pixels to the side for each pixel up, either way',
    amounts: [0.15, 0.28, 0.41, 0.54, 0.67],
    spoil: (image, slant, random) => warp(image, [1, sign(random) * slant, 0, 1]),
  },
  {
    name: 'thickness',
    trainedBy: ['thickness'],
    unit: 'pixels on either side of a stroke; lost ones count half',
    amounts: [0.4, 0.7, 1, 1.3, 1.6],
    spoil: (image, pixels, random) => {
      const thicker = sign(random) > 0;
      return spread(image, thicker ? pixels : pixels / 2, thicker ? Math.max : Math.min);
    },
  },
  {
    name: 'blur',
    trainedBy: ['blur'],
    unit: 'standard deviation in pixels',
    amounts: [0.6, 0.9, 1.2, 1.6, 2],
    spoil: (image, deviation) => blur(image, deviation),
  },
  {
    name: 'noise',
    trainedBy: ['noise'],
    unit: 'standard deviation in grey levels',
    amounts: [20, 40, 60, 80, 100],
    spoil: (image, deviation, random) => image.map((grey) => grey + deviation * random.normal()),
  },
  {
    name: 'salt-and-pepper',
    trainedBy: ['salt'],
    unit: 'share of pixels',
    amounts: [0.02, 0.05, 0.08, 0.12, 0.16],
    spoil: (image, share, random) =>
      image.map((grey) => (random.next() < share ? (random.next() < 0.5 ? 0 : 255) : grey)),
  },
  {
    name: 'lines',
    trainedBy: ['lines'],
    unit: 'straight lines across the frame',
    amounts: [1, 2, 3, 4, 5],
    spoil: (image, count, random) => {
      let spoilt = image;
      for (let i = 0; i < count; i++) spoilt = drawLine(spoilt, random);
      return spoilt;
    },
  },
  {
    name: 'occlusion',
    trainedBy: ['occlusion'],
    unit: 'side of a black square, in pixels',
    amounts: [3, 4, 6, 8, 10],
    spoil: (image, side, random) => {
      // Around the middle, where the digit is.
      const [left, top] = [9 + 10 * random.next(), 9 + 10 * random.next()].map((at) => Math.round(at - side / 2));
      return image.map((grey, i) => {
        const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
        return x >= left! && x < left! + side && y >= top! && y < top! + side ? 0 : grey;
      });
    },
  },
  {
    name: 'haze',
    trainedBy: ['haze', 'background'],
    unit: 'share of the light that comes from the haze',
    amounts: [0.15, 0.27, 0.4, 0.52, 0.64],
    spoil: (image, share, random) => {
      const thickness = stretch(
        Float64Array.from({ length: 9 }, () => random.next()),
        3,
      );
      return image.map((grey, i) => {
        const here = share * (0.6 + 0.8 * thickness[i]!);
        return grey * (1 - here) + 230 * here;
      });
    },
  },
  {
    name: 'brightness',
    trainedBy: ['brightness', 'background'],
    unit: 'grey levels added to every pixel',
    amounts: [25, 50, 75, 100, 125],
    spoil: (image, levels) => image.map((grey) => Math.min(255, grey + levels)),
  },
  {
    name: 'contrast',
    trainedBy: ['contrast'],
    unit: 'share of the contrast that is lost',
    amounts: [0.3, 0.45, 0.6, 0.72, 0.82],
    spoil: (image, lost) => image.map((grey) => 128 + (grey - 128) * (1 - lost)),
  },
  {
    name: 'low resolution',
    trainedBy: ['pixelate'],
    unit: 'pixels that the frame is scanned with, a side',
    amounts: [18, 14, 12, 10, 8],
    spoil: (image, side) => scan(image, side),
  },
  {
    name: 'JPEG',
    trainedBy: ['jpeg'],
    unit: 'quality, 1 to 100',
    amounts: [40, 20, 12, 8, 6],
    spoil: (image, quality) => jpeg(image, quality),
  },
];

function sign(random: Random): 1 | -1 {
  return random.next() < 0.5 ? 1 : -1;
}

/** The extreme of all places within a distance, which widens strokes (the largest) or narrows them (the smallest). */
function spread(image: Greys, pixels: number, pick: (...greys: number[]) => number): Greys {
  const shifted = [0, 1, 2, 3, 4, 5, 6, 7].map((eighth) => {
    const turn = (eighth * Math.PI) / 4;
    return warp(image, [1, 0, 0, 1], pixels * Math.cos(turn), pixels * Math.sin(turn));
  });
  return image.map((grey, i) => pick(grey, ...shifted.map((other) => other[i]!)));
}

function blur(image: Greys, deviation: number): Greys {
  const reach = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  const sum = weights.reduce((a, b) => a + b, 0);
  const along = (from: Greys, stepX: number, stepY: number) =>
    paint((x, y) => {
      let grey = 0;
      weights.forEach((weight, i) => {
        const [px, py] = [x + (i - reach) * stepX, y + (i - reach) * stepY];
        if (px >= 0 && py >= 0 && px < SIDE && py < SIDE) grey += (weight / sum) * from[py * SIDE + px]!;
      });
      return grey;
    });
  return along(along(image, 1, 0), 0, 1);
}

/** A bright line about a pixel wide through two points of the frame. */
function drawLine(image: Greys, random: Random): Greys {
  const [x, y] = [SIDE * random.next(), SIDE * random.next()];
  const turn = Math.PI * random.next();
  const width = 0.5 + random.next();
  return image.map((grey, i) => {
    const distance = Math.abs(((i % SIDE) - x) * Math.sin(turn) - (Math.floor(i / SIDE) - y) * Math.cos(turn));
    return Math.max(grey, 255 * Math.min(1, Math.max(0, width / 2 + 0.5 - distance)));
  });
}

/** Means over `side` × `side` areas of the frame, seen again at its own size. */
function scan(image: Greys, side: number): Greys {
  const grid = new Float64Array(side * side);
  const covered = (cell: number, pixel: number) =>
    Math.max(0, Math.min(((cell + 1) * SIDE) / side, pixel + 1) - Math.max((cell * SIDE) / side, pixel));
  const shares = Array.from({ length: side }, (_, cell) =>
    Array.from({ length: SIDE }, (_, pixel) => (covered(cell, pixel) * side) / SIDE),
  );
  for (let gy = 0; gy < side; gy++) {
    for (let gx = 0; gx < side; gx++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) {
        if (shares[gy]![y] === 0) continue;
        for (let x = 0; x < SIDE; x++) sum += shares[gy]![y]! * shares[gx]![x]! * image[y * SIDE + x]!;
      }
      grid[gy * side + gx] = sum;
    }
  }
  return stretch(grid, side);
}
