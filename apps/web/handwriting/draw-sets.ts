import { createRandom, type Random } from '@mnist-edge/data';
import type { Point, Stroke } from '@mnist-edge/recognizer';
import { drawManner, type Manner, write } from './pen-hand.ts';
import { digitSkeletons, letterSkeletons, shapeSkeletons } from './skeletons.ts';
import type { Drawing } from './stroke-file.ts';

/** Other seeds draw other sets; these are the committed ones. */
const SEED = 408;
const PER_DIGIT = 22;

/** 220 digits: every way to write each in turn, each time in another manner. */
export function drawDigitSet(): Drawing[] {
  const random = createRandom(SEED);
  return Object.entries(digitSkeletons).flatMap(([digit, ways]) =>
    Array.from({ length: PER_DIGIT }, (_, i) => {
      const skeleton = ways[i % ways.length]!;
      return { kind: digit, style: skeleton.style, strokes: write(skeleton, drawManner(random), random) };
    }),
  );
}

/** 200 drawings that are no digit: letters, shapes, scribbles. */
export function drawNonDigitSet(): Drawing[] {
  const random = createRandom(SEED + 1);
  const signs = (kind: string, skeletons: typeof letterSkeletons, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const skeleton = skeletons[i % skeletons.length]!;
      // Wider than digits are, or an H would be an 11.
      const manner: Manner = { ...drawManner(random), breadth: 0.75 + 0.4 * random.next() };
      return { kind, style: skeleton.style, strokes: write(skeleton, manner, random) };
    });
  const scribbles = Array.from({ length: 64 }, (_, i) => {
    const [style, draw] = scribbleStyles[i % scribbleStyles.length]!;
    return { kind: 'scribble', style, strokes: onSheet(draw(random), random) };
  });
  return [...signs('letter', letterSkeletons, 80), ...signs('shape', shapeSkeletons, 56), ...scribbles];
}

type Scribble = (random: Random) => Point[];

const scribbleStyles: readonly (readonly [style: string, draw: Scribble])[] = [
  [
    'hatching',
    (random) => {
      const turns = 7 + random.whole(6);
      return Array.from({ length: 2 * turns }, (_, i) => ({
        x: i / (2 * turns) + 0.05 * random.normal(),
        y: (i % 2) * (0.5 + 0.3 * random.next()) + 0.05 * random.normal(),
      }));
    },
  ],
  [
    'coils',
    (random) => {
      const turns = 4 + random.whole(4);
      return Array.from({ length: turns * 14 }, (_, i) => {
        const angle = (i / 14) * 2 * Math.PI;
        return {
          x: (0.9 * i) / (turns * 14) + 0.16 * Math.cos(angle),
          y: (0.3 + 0.05 * random.next()) * Math.sin(angle),
        };
      });
    },
  ],
  [
    'tangle',
    (random) => {
      const [a, b] = [3 + 2 * random.next(), 4 + 3 * random.next()];
      const [p, q] = [6 * random.next(), 6 * random.next()];
      return Array.from({ length: 150 }, (_, i) => {
        const t = (i / 150) * 2 * Math.PI;
        return {
          x: 0.5 * Math.sin(a * t + p) + 0.1 * Math.sin(7 * t),
          y: 0.5 * Math.sin(b * t + q) + 0.1 * Math.cos(5 * t),
        };
      });
    },
  ],
  [
    'wandering',
    (random) => {
      let [x, y, heading, bend] = [0, 0, 6 * random.next(), 0];
      return Array.from({ length: 140 }, () => {
        bend = 0.85 * bend + 0.3 * random.normal();
        // Turned back towards the middle when far from it.
        heading += bend + (x * x + y * y > 0.2 ? 0.35 : 0);
        x += 0.06 * Math.cos(heading);
        y += 0.06 * Math.sin(heading);
        return { x, y };
      });
    },
  ],
];

/** Puts a scribble somewhere on the sheet. */
function onSheet(points: readonly Point[], random: Random): Stroke[] {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const size = 0.4 + 0.45 * random.next();
  const scale = size / Math.max(Math.max(...xs) - left, Math.max(...ys) - top);
  const [right, down] = [0.05 + (0.9 - size) * random.next(), 0.05 + (0.9 - size) * random.next()];
  const round = (share: number) => Math.round(share * 1000) / 1000;
  return [points.map(({ x, y }) => ({ x: round(right + (x - left) * scale), y: round(down + (y - top) * scale) }))];
}
