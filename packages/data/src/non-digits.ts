import { drawStrokes, normalize, PIXELS, type Point, SIDE, type Stroke } from '@mnist-edge/recognizer';
import { handwrite } from './hand.ts';
import { letters, shapes } from './non-digit-skeletons.ts';
import type { Random } from './random.ts';
import { styles } from './skeletons.ts';

/** Side of the drawing sheet, and the height that a hand writes on it; in pixels. */
const SHEET = 108;
const HEIGHT = 40;

/** Draws one image of 784 bytes that is no digit, ink bright. */
type Drawer = (random: Random) => Uint8Array;

/** What is drawn, by name. */
export const nonDigits = {
  letter: (random) => ink([handwrite(pick(letters, random), random)], random),
  shape: (random) => ink([handwrite(pick(shapes, random), random)], random),
  scribble: (random) => ink([scribble(random)], random),
  /** Two digits or three, where there should be one. */
  crowd: (random) => ink(crowd(random), random),
  dots: (random) => ink([dots(random)], random),
  noise,
} as const satisfies Record<string, Drawer>;

export type NonDigit = keyof typeof nonDigits;

export const nonDigitNames = Object.keys(nonDigits) as NonDigit[];

/** One of any family; scribbles, letters and shapes, which people draw, more often than the rest. */
export function drawNonDigit(random: Random): Uint8Array {
  const kind = pick(['letter', 'letter', 'shape', 'shape', 'scribble', 'scribble', 'crowd', 'dots', 'noise'], random);
  return nonDigits[kind as NonDigit](random);
}

/** Writings side by side, each around a box of height 1, as the net would see them. */
function ink(writings: readonly (readonly Stroke[])[], random: Random): Uint8Array {
  const apart = writings.length > 1 ? 0.55 + 0.5 * random.next() : 0;
  // As wide as MNIST's strokes are (see `drawDigit`), and beyond.
  const pen = (Math.min(6, Math.max(1.2, 2.6 * Math.exp(0.4 * random.normal()))) * HEIGHT) / 20;
  const strokes = writings.flatMap((writing, i) =>
    writing.map((stroke) =>
      stroke.map(({ x, y }) => ({
        x: SHEET / 2 + HEIGHT * (x + apart * (i - (writings.length - 1) / 2)),
        y: SHEET / 2 + HEIGHT * y,
      })),
    ),
  );
  return normalize(drawStrokes(strokes, { width: SHEET, height: SHEET, pen })) ?? new Uint8Array(PIXELS);
}

/** A pen that goes on and on: its direction turns at a rate that drifts. */
function scribble(random: Random): Stroke[] {
  const strokes = 1 + random.whole(2);
  return Array.from({ length: strokes }, () => {
    const points: Point[] = [];
    let [x, y] = [random.next() - 0.5, random.next() - 0.5];
    let heading = 2 * Math.PI * random.next();
    let turn = 0;
    const restless = 0.1 + 0.5 * random.next();
    const steps = 40 + random.whole(120);
    for (let step = 0; step < steps; step++) {
      turn = 0.9 * turn + restless * random.normal();
      // Back towards the middle, the farther out the more.
      const home = Math.atan2(-y, -x) - heading;
      heading += turn + 0.5 * Math.max(0, Math.hypot(x, y) - 0.4) * Math.sin(home);
      x += 0.06 * Math.cos(heading);
      y += 0.06 * Math.sin(heading);
      points.push({ x, y });
    }
    return points;
  });
}

function crowd(random: Random): Stroke[][] {
  const count = random.whole(4) === 0 ? 3 : 2;
  return Array.from({ length: count }, () => handwrite(pick(pick(styles, random), random), random));
}

function dots(random: Random): Stroke[] {
  return Array.from({ length: 2 + random.whole(7) }, () => [{ x: random.next() - 0.5, y: random.next() - 0.5 }]);
}

/** Grey values of their own for squares of some pixels, over all of the frame or a part of it. */
function noise(random: Random): Uint8Array {
  const image = new Uint8Array(PIXELS);
  const grain = 1 + random.whole(4);
  const share = random.next();
  const across = Math.ceil(SIDE / grain);
  const greys = Uint8Array.from({ length: across * across }, () => (random.next() < share ? random.whole(256) : 0));
  for (let i = 0; i < PIXELS; i++) {
    image[i] = greys[Math.floor(Math.floor(i / SIDE) / grain) * across + Math.floor((i % SIDE) / grain)]!;
  }
  return image;
}

function pick<T>(choices: readonly T[], random: Random): T {
  return choices[random.whole(choices.length)]!;
}
