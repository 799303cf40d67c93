import type { Point } from '@mnist-edge/recognizer';

/** A digit as a hand draws it: one path or more, in shares of a box whose top-left corner is 0, 0. */
export interface DrawnDigit {
  readonly digit: string;
  /** How this hand writes it. */
  readonly style: string;
  readonly paths: readonly (readonly Point[])[];
}

/** `"x y, x y, …"` in hundredths of the box. */
function path(text: string): Point[] {
  return text.split(',').map((pair) => {
    const [x, y] = pair.trim().split(/\s+/).map(Number);
    return { x: x! / 100, y: y! / 100 };
  });
}

/**
 * The ten digits in two hands, written down as a person would describe them, a point at each turn of the pen;
 * `smooth` makes the curves between. They were made without a look at what the net says of them.
 */
export const drawnDigits: readonly DrawnDigit[] = [
  {
    digit: '0',
    style: 'closed oval',
    paths: [path('56 8, 36 14, 25 36, 24 62, 34 86, 52 92, 69 80, 77 54, 72 26, 58 9')],
  },
  {
    digit: '0',
    style: 'narrow, slanted, overshooting',
    paths: [path('64 12, 48 16, 36 38, 32 64, 40 86, 54 84, 66 60, 70 32, 62 13, 52 15')],
  },
  { digit: '1', style: 'one upright line', paths: [path('52 8, 51 36, 50 64, 49 93')] },
  { digit: '1', style: 'slanted, with a flag', paths: [path('40 26, 50 18, 58 9, 55 34, 51 62, 47 92')] },
  {
    digit: '2',
    style: 'straight foot',
    paths: [path('28 28, 36 13, 54 9, 69 19, 69 36, 56 55, 40 73, 27 89, 48 88, 76 88')],
  },
  {
    digit: '2',
    style: 'looped foot',
    paths: [path('30 24, 44 10, 62 14, 66 32, 54 54, 38 76, 27 84, 30 74, 42 76, 56 87, 74 84')],
  },
  {
    digit: '3',
    style: 'two bows',
    paths: [path('30 17, 44 9, 62 12, 68 26, 60 40, 45 47, 62 52, 71 67, 63 84, 45 92, 27 84')],
  },
  {
    digit: '3',
    style: 'lower bow wider',
    paths: [path('34 12, 52 8, 64 18, 58 34, 42 44, 60 48, 74 62, 70 82, 52 93, 32 90, 24 80')],
  },
  {
    digit: '4',
    style: 'open, two strokes',
    paths: [path('35 9, 32 30, 28 53, 48 54, 76 51'), path('64 12, 62 40, 60 66, 58 93')],
  },
  {
    digit: '4',
    style: 'closed triangle',
    paths: [path('60 8, 44 32, 26 60'), path('26 60, 52 60, 80 58'), path('60 10, 59 46, 57 92')],
  },
  {
    digit: '5',
    style: 'bar drawn last',
    paths: [path('36 12, 33 28, 30 45, 46 40, 64 46, 72 62, 66 80, 48 92, 28 86'), path('37 12, 54 11, 73 9')],
  },
  {
    digit: '5',
    style: 'in one stroke',
    paths: [path('72 11, 54 11, 40 12, 36 28, 34 43, 50 42, 64 52, 67 68, 58 84, 42 91, 26 85')],
  },
  {
    digit: '6',
    style: 'tall stem',
    paths: [path('62 8, 46 24, 35 46, 31 68, 40 88, 56 91, 67 78, 64 62, 50 56, 37 64, 32 74')],
  },
  {
    digit: '6',
    style: 'wide belly',
    paths: [path('58 10, 40 26, 28 50, 27 74, 42 91, 62 88, 72 72, 62 58, 44 58, 30 70')],
  },
  { digit: '7', style: 'plain', paths: [path('24 14, 46 13, 74 12, 64 34, 53 62, 45 92')] },
  {
    digit: '7',
    style: 'with a crossbar',
    paths: [path('26 16, 48 14, 72 13, 62 38, 52 64, 44 91'), path('38 52, 52 51, 70 49')],
  },
  {
    digit: '8',
    style: 'one stroke from the top right',
    paths: [path('67 20, 54 9, 38 13, 35 28, 48 42, 63 58, 66 78, 52 92, 36 84, 36 66, 50 47, 65 33, 68 18')],
  },
  {
    digit: '8',
    style: 'two rings',
    paths: [
      path('51 10, 38 16, 37 32, 50 43, 63 34, 64 18, 52 10'),
      path('50 44, 34 56, 33 78, 49 92, 66 82, 67 60, 51 44'),
    ],
  },
  {
    digit: '9',
    style: 'straight stem',
    paths: [path('68 22, 52 10, 36 18, 32 36, 44 48, 60 42, 68 24, 66 48, 63 70, 60 93')],
  },
  {
    digit: '9',
    style: 'curved tail',
    paths: [path('67 26, 54 12, 38 18, 33 36, 46 47, 62 38, 68 24, 68 50, 62 76, 48 91, 32 86')],
  },
];

/** Points between each two of a path, so that it runs as a curve through all of them (Catmull-Rom spline). */
export function smooth(points: readonly Point[], between = 4): Point[] {
  const at = (index: number) => points[Math.min(points.length - 1, Math.max(0, index))]!;
  const curve: Point[] = [at(0)];
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let step = 1; step <= between; step++) {
      const t = step / between;
      curve.push({ x: spline(a.x, b.x, c.x, d.x, t), y: spline(a.y, b.y, c.y, d.y, t) });
    }
  }
  return curve;
}

function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
