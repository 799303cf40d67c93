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
  /** A pen that goes round and round. */
  coil: (random) => ink([[coil(random)]], random),
  /** A sign of some script that nobody has invented. */
  glyph: (random) => ink([handwrite({ share: 1, paths: glyph(random) }, random)], random),
  /** The outline of a thing, with corners. */
  outline: (random) => ink([handwrite({ share: 1, paths: outline(random) }, random)], random),
  /** Two digits or three, where there should be one. */
  crowd: (random) => ink(crowd(random), random),
  dots: (random) => ink([dots(random)], random),
  noise,
} as const satisfies Record<string, Drawer>;

export type NonDigit = keyof typeof nonDigits;

export const nonDigitNames = Object.keys(nonDigits) as NonDigit[];

/** How often each family is drawn, against the others: those more often that people draw, or that hold the most. */
const shares: Readonly<Record<NonDigit, number>> = {
  letter: 8,
  shape: 5,
  scribble: 3,
  coil: 3,
  glyph: 6,
  outline: 3,
  crowd: 1,
  dots: 1,
  noise: 1,
};

const deck = nonDigitNames.flatMap((name) => Array<NonDigit>(shares[name]).fill(name));

/** One of any family. */
export function drawNonDigit(random: Random): Uint8Array {
  return nonDigits[pick(deck, random)](random);
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

/** Two to six rounds that wind inwards or go astray: those on top of each other would be a nought. */
function coil(random: Random): Stroke {
  const rounds = 2 + 4 * random.next();
  const winding = random.whole(2) === 0;
  const [wide, high] = [0.15 + 0.3 * random.next(), 0.15 + 0.3 * random.next()];
  const astray = winding ? 0.2 : 0.5 + 0.7 * random.next();
  const where = 2 * Math.PI * random.next();
  const [right, down] = [astray * Math.cos(where), astray * Math.sin(where)];
  const growth = winding ? 1.2 + 0.7 * random.next() : 0.6 * (random.next() - 0.5);
  const direction = random.whole(2) === 0 ? 1 : -1;
  const start = 2 * Math.PI * random.next();
  const steps = Math.round(14 * rounds);
  return Array.from({ length: steps }, (_, i) => {
    const done = i / steps - 0.5;
    const angle = start + (direction * 2 * Math.PI * i) / 14;
    const size = 1 + growth * done + 0.08 * random.normal();
    return { x: right * done + wide * size * Math.cos(angle), y: down * done + high * size * Math.sin(angle) };
  });
}

/**
 * One to five strokes between the knots of a lattice, three across and four down, straight, bent or cornered. Fewer than
 * six knots in all could be one, four or seven.
 */
function glyph(random: Random): string[] {
  const knots = lattice(3, 4, random);
  for (;;) {
    const strokes = 1 + random.whole(5);
    const most = strokes === 1 ? 9 : 4;
    const paths = Array.from({ length: strokes }, () =>
      random.shuffle(Uint32Array.from(knots, (_, i) => i)).subarray(0, 2 + random.whole(most - 1)),
    );
    const length = paths.reduce((sum, path) => sum + path.length, 0);
    if (length < 6 || length > 12) continue;
    const cornered = random.next();
    return paths.map((path) =>
      [...path]
        .flatMap((knot, i) => (i > 0 && i + 1 < path.length && random.next() < cornered ? [knot, knot] : [knot]))
        .map((knot) => knots[knot])
        .join(' '),
    );
  }
}

/**
 * Three to five corners around a middle, or a star of six to twelve, for so many could be a round nought; beside them up to
 * three lines, within or across.
 */
function outline(random: Random): string[] {
  const points = 3 + random.whole(7);
  const star = points > 5;
  const corners = star ? 2 * (points - 3) : points;
  const ragged = random.next();
  const start = 2 * Math.PI * random.next();
  const around = Array.from({ length: corners }, (_, i) => {
    const angle = start + (2 * Math.PI * (i + 0.5 * ragged * (random.next() - 0.5))) / corners;
    const far = 50 * (star && i % 2 === 1 ? 0.2 + 0.4 * random.next() : 1 - 0.75 * ragged * random.next());
    return node(50 + far * Math.cos(angle), 50 + far * Math.sin(angle));
  });
  const path = [...around.flatMap((corner) => [corner, corner]).slice(1), around[0]];
  const lines = Array.from({ length: random.whole(4) }, () =>
    Array.from({ length: 2 + random.whole(2) }, () => node(100 * random.next(), 100 * random.next())).join(' '),
  );
  return [path.join(' '), ...lines];
}

/** Knots spread over the box of a skeleton, each a little out of its place. */
function lattice(across: number, down: number, random: Random): string[] {
  const at = (i: number, count: number) => (100 * (i + 0.5 * (random.next() - 0.5))) / (count - 1);
  return Array.from({ length: across * down }, (_, i) =>
    node(at(i % across, across), at(Math.floor(i / across), down)),
  );
}

/** As a skeleton's path has them: hundredths of the box. */
function node(x: number, y: number): string {
  return `${Math.round(x)},${Math.round(y)}`;
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
