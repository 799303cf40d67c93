import { createRandom, type Random } from '@mnist-edge/data';
import type { Point, Stroke } from '@mnist-edge/recognizer';
import { freshLetters, freshShapes } from './fresh-skeletons.ts';
import { drawManner, type Manner, write } from './pen-hand.ts';
import { freshScribbles, type ScribbleStyle, scribbleStyles, unseenScribbles } from './scribbles.ts';
import { digitSkeletons, letterSkeletons, type Skeleton, shapeSkeletons } from './skeletons.ts';
import type { Drawing } from './stroke-file.ts';
import { unseenLetters, unseenShapes } from './unseen-skeletons.ts';

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

/** 200 drawings that are no digit: letters, shapes, scribbles. The score that rejects was chosen with them in sight. */
export function drawNonDigitSet(): Drawing[] {
  return drawSigns(createRandom(SEED + 1), letterSkeletons, shapeSkeletons, scribbleStyles);
}

/** 200 more, of others: what the nets up to 1.3.0 took for digits among them said what nets since are trained on. */
export function drawUnseenSet(): Drawing[] {
  return drawSigns(createRandom(SEED + 2), unseenLetters, unseenShapes, unseenScribbles);
}

/** 200 more, again of others: nothing was chosen by them, so that they can judge. */
export function drawFreshSet(): Drawing[] {
  return drawSigns(createRandom(SEED + 3), freshLetters, freshShapes, freshScribbles);
}

function drawSigns(
  random: Random,
  letters: readonly Skeleton[],
  shapes: readonly Skeleton[],
  styles: readonly ScribbleStyle[],
): Drawing[] {
  const signs = (kind: string, skeletons: readonly Skeleton[], count: number) =>
    Array.from({ length: count }, (_, i) => {
      const skeleton = skeletons[i % skeletons.length]!;
      // Wider than digits are, or an H would be an 11.
      const manner: Manner = { ...drawManner(random), breadth: 0.75 + 0.4 * random.next() };
      return { kind, style: skeleton.style, strokes: write(skeleton, manner, random) };
    });
  const scribbles = Array.from({ length: 64 }, (_, i) => {
    const [style, draw] = styles[i % styles.length]!;
    return { kind: 'scribble', style, strokes: onSheet(draw(random), random) };
  });
  return [...signs('letter', letters, 80), ...signs('shape', shapes, 56), ...scribbles];
}

/** Puts a scribble somewhere on the sheet. */
function onSheet(ways: readonly (readonly Point[])[], random: Random): Stroke[] {
  const points = ways.flat();
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const size = 0.4 + 0.45 * random.next();
  const scale = size / Math.max(Math.max(...xs) - left, Math.max(...ys) - top);
  const [right, down] = [0.05 + (0.9 - size) * random.next(), 0.05 + (0.9 - size) * random.next()];
  const round = (share: number) => Math.round(share * 1000) / 1000;
  return ways.map((way) =>
    way.map(({ x, y }) => ({ x: round(right + (x - left) * scale), y: round(down + (y - top) * scale) })),
  );
}
