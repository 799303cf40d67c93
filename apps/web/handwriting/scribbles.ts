import type { Random } from '@mnist-edge/data';
import type { Point } from '@mnist-edge/recognizer';

/** The ways of a pen that draws nothing, in any unit. */
export type ScribbleStyle = readonly [style: string, draw: (random: Random) => Point[][]];

export const scribbleStyles: readonly ScribbleStyle[] = [
  [
    'hatching',
    (random) => {
      const turns = 7 + random.whole(6);
      return one(
        Array.from({ length: 2 * turns }, (_, i) => ({
          x: i / (2 * turns) + 0.05 * random.normal(),
          y: (i % 2) * (0.5 + 0.3 * random.next()) + 0.05 * random.normal(),
        })),
      );
    },
  ],
  [
    'coils',
    (random) => {
      const turns = 4 + random.whole(4);
      return one(
        Array.from({ length: turns * 14 }, (_, i) => {
          const angle = (i / 14) * 2 * Math.PI;
          return {
            x: (0.9 * i) / (turns * 14) + 0.16 * Math.cos(angle),
            y: (0.3 + 0.05 * random.next()) * Math.sin(angle),
          };
        }),
      );
    },
  ],
  [
    'tangle',
    (random) => {
      const [a, b] = [3 + 2 * random.next(), 4 + 3 * random.next()];
      const [p, q] = [6 * random.next(), 6 * random.next()];
      return one(
        Array.from({ length: 150 }, (_, i) => {
          const t = (i / 150) * 2 * Math.PI;
          return {
            x: 0.5 * Math.sin(a * t + p) + 0.1 * Math.sin(7 * t),
            y: 0.5 * Math.sin(b * t + q) + 0.1 * Math.cos(5 * t),
          };
        }),
      );
    },
  ],
  [
    'wandering',
    (random) => {
      let [x, y, heading, bend] = [0, 0, 6 * random.next(), 0];
      return one(
        Array.from({ length: 140 }, () => {
          bend = 0.85 * bend + 0.3 * random.normal();
          // Turned back towards the middle when far from it.
          heading += bend + (x * x + y * y > 0.2 ? 0.35 : 0);
          x += 0.06 * Math.cos(heading);
          y += 0.06 * Math.sin(heading);
          return { x, y };
        }),
      );
    },
  ],
];

function one(way: Point[]): Point[][] {
  return [way];
}

/** Scribbles that no choice was made by; see `unseen-skeletons.ts`. */
export const unseenScribbles: readonly ScribbleStyle[] = [
  [
    'rays',
    (random) =>
      Array.from({ length: 7 + random.whole(6) }, () => {
        const [angle, length] = [2 * Math.PI * random.next(), 0.3 + 0.2 * random.next()];
        return [0.05, 0.5, 1].map((share) => ({
          x: share * length * Math.cos(angle),
          y: share * length * Math.sin(angle),
        }));
      }),
  ],
  [
    'round and round',
    (random) => {
      const turns = 4 + random.whole(4);
      const [drift, flat] = [0.3 * random.next(), 0.5 + 0.5 * random.next()];
      return one(
        Array.from({ length: turns * 16 }, (_, i) => {
          const [angle, radius] = [(i / 16) * 2 * Math.PI, 0.35 + 0.05 * random.normal()];
          return {
            x: radius * Math.cos(angle) + (drift * i) / (turns * 16),
            y: flat * radius * Math.sin(angle),
          };
        }),
      );
    },
  ],
  [
    'dashes',
    (random) =>
      Array.from({ length: 9 + random.whole(8) }, () => {
        const [x, y, angle] = [random.next(), random.next(), Math.PI * random.next()];
        return [0, 0.5, 1].map((share) => ({
          x: x + 0.25 * share * Math.cos(angle),
          y: y + 0.25 * share * Math.sin(angle),
        }));
      }),
  ],
  [
    'signature',
    (random) => {
      const [peaks, lean] = [5 + random.whole(5), 0.1 + 0.2 * random.next()];
      let height = 0.3;
      return one(
        Array.from({ length: peaks * 8 }, (_, i) => {
          const swing = Math.sin((i / 8) * 2 * Math.PI);
          if (i % 8 === 0) height = 0.1 + 0.35 * random.next();
          return { x: (1.2 * i) / (peaks * 8) + lean * height * swing, y: height * swing + 0.02 * random.normal() };
        }),
      );
    },
  ],
  [
    'crossed out',
    (random) =>
      [-1, 1].map((side) =>
        Array.from({ length: 2 * (4 + random.whole(3)) }, (_, i) => ({
          x: (side * (i % 2 === 0 ? -1 : 1)) / 2 + 0.05 * random.normal(),
          y: -0.45 + 0.1 * i + side * 0.05 * random.normal(),
        })),
      ),
  ],
];

/** Scribbles of the last set; see `fresh-skeletons.ts`. */
export const freshScribbles: readonly ScribbleStyle[] = [
  [
    'grass',
    (random) =>
      Array.from({ length: 7 + random.whole(6) }, (_, i) => {
        const [lean, height] = [0.3 * random.normal(), 0.3 + 0.4 * random.next()];
        return [0, 0.5, 1].map((share) => ({ x: i / 9 + 0.3 * lean * share * share, y: -height * share }));
      }),
  ],
  [
    'loops on a line',
    (random) => {
      const loops = 4 + random.whole(4);
      const [size, lean] = [0.14 + 0.1 * random.next(), 0.4 * random.next()];
      return one(
        Array.from({ length: loops * 14 }, (_, i) => {
          const angle = (i / 14) * 2 * Math.PI;
          const up = size * (1 - Math.cos(angle)) + 0.01 * random.normal();
          return { x: i / (loops * 14) - size * Math.sin(angle) + lean * up, y: -2 * up };
        }),
      );
    },
  ],
  [
    'mesh',
    (random) =>
      Array.from({ length: 6 + random.whole(5) }, (_, i) => {
        const [from, to] = [random.next(), random.next()];
        return [0, 0.5, 1].map((share) =>
          i % 2 === 0
            ? { x: from + (to - from) * share, y: share }
            : { x: share, y: from + (to - from) * share + 0.03 * random.normal() },
        );
      }),
  ],
  [
    'blots',
    (random) =>
      Array.from({ length: 3 + random.whole(4) }, () => {
        const [x, y, size] = [random.next(), random.next(), 0.04 + 0.1 * random.next()];
        return Array.from({ length: 24 }, (_, i) => ({
          x: x + size * Math.cos(i) * (1 - i / 30),
          y: y + size * Math.sin(i) * (1 - i / 30),
        }));
      }),
  ],
  [
    'tremble',
    (random) => {
      let [x, y] = [0, 0];
      const [right, down] = [random.normal(), random.normal()];
      const length = Math.hypot(right, down);
      return one(
        Array.from({ length: 70 }, () => {
          x += 0.012 * (right / length) + 0.07 * random.normal();
          y += 0.012 * (down / length) + 0.07 * random.normal();
          return { x, y };
        }),
      );
    },
  ],
];
