import type { Random } from '@mnist-edge/data';
import type { Point, Stroke } from '@mnist-edge/recognizer';
import type { Skeleton } from './skeletons.ts';

/** How a sign is written this time; lengths in shares of the sheet. */
export interface Manner {
  /** The longer side of the sign. */
  readonly size: number;
  /** Width of the sign against its height, as a factor on the skeleton's. */
  readonly breadth: number;
  /** To the right for each unit up. */
  readonly slant: number;
  /** Radians, clockwise. */
  readonly turn: number;
  /** How far the pen strays, in shares of the sign. */
  readonly stray: number;
  /** Distance between two samples of the pen: a quick hand leaves few points. */
  readonly speed: number;
}

/** Manners of people from neat to hasty. */
export function drawManner(random: Random): Manner {
  const between = (low: number, high: number) => low + (high - low) * random.next();
  return {
    size: between(0.25, 0.85),
    breadth: between(0.45, 1.05),
    slant: between(-0.25, 0.5),
    turn: between(-0.15, 0.15),
    stray: between(0.005, 0.05),
    speed: between(0.008, 0.05),
  };
}

/** Writes a skeleton on the sheet at a place where it fits; each stroke's points in shares of the sheet, three decimals. */
export function write({ ways }: Skeleton, manner: Manner, random: Random): Stroke[] {
  const wobble = drawWobble(manner.stray, random);
  const written = ways.map((way) => {
    const off = { x: manner.stray * random.normal(), y: manner.stray * random.normal() };
    return alongCurve(missed(nodesOf(way), manner.stray, random)).map(({ x, y }) =>
      place(wobble({ x: x + off.x, y: y + off.y }), manner),
    );
  });
  return settle(written, manner, random);
}

interface Node extends Point {
  readonly corner: boolean;
}

function nodesOf(way: string): Node[] {
  return way.split(' ').map((node) => {
    const [x, y] = node.replace('*', '').split(',').map(Number);
    return { x: x! / 100, y: y! / 100, corner: node.endsWith('*') };
  });
}

function missed(nodes: readonly Node[], stray: number, random: Random): Node[] {
  return nodes.map(({ x, y, corner }) => ({ x: x + stray * random.normal(), y: y + stray * random.normal(), corner }));
}

/** A smooth way through nodes: between two of them a cubic whose ends point along the neighbours (half as strongly near a corner). */
function alongCurve(nodes: readonly Node[]): Point[] {
  const tangents = nodes.map((node, i) => {
    const [before, after] = [nodes[i - 1], nodes[i + 1]];
    if (before === undefined || after === undefined || node.corner) return null;
    return { x: (after.x - before.x) / 2, y: (after.y - before.y) / 2 };
  });
  const points: Point[] = [nodes[0]!];
  for (let i = 0; i + 1 < nodes.length; i++) {
    const [a, b] = [nodes[i]!, nodes[i + 1]!];
    const straight = { x: b.x - a.x, y: b.y - a.y };
    const [from, to] = [tangents[i] ?? straight, tangents[i + 1] ?? straight];
    const steps = 24;
    for (let step = 1; step <= steps; step++) {
      const t = step / steps;
      // Hermite's cubic.
      const [h1, h2, h3, h4] = [
        2 * t ** 3 - 3 * t ** 2 + 1,
        t ** 3 - 2 * t ** 2 + t,
        -2 * t ** 3 + 3 * t ** 2,
        t ** 3 - t ** 2,
      ];
      points.push({
        x: h1 * a.x + h2 * from.x + h3 * b.x + h4 * to.x,
        y: h1 * a.y + h2 * from.y + h3 * b.y + h4 * to.y,
      });
    }
  }
  return points;
}

/** A smooth bending of the sheet. */
function drawWobble(stray: number, random: Random): (point: Point) => Point {
  const waves = Array.from({ length: 4 }, () => ({
    alongX: 5 * (random.next() - 0.5),
    alongY: 5 * (random.next() - 0.5),
    phase: 2 * Math.PI * random.next(),
    x: stray * random.normal(),
    y: stray * random.normal(),
  }));
  return ({ x, y }) => {
    let [right, down] = [0, 0];
    for (const wave of waves) {
      const swing = Math.sin(wave.alongX * x + wave.alongY * y + wave.phase);
      right += wave.x * swing;
      down += wave.y * swing;
    }
    return { x: x + right, y: y + down };
  };
}

function place({ x, y }: Point, { breadth, slant, turn }: Manner): Point {
  const across = (x - 0.5) * breadth - slant * (y - 0.5);
  const down = y - 0.5;
  return {
    x: across * Math.cos(turn) - down * Math.sin(turn),
    y: across * Math.sin(turn) + down * Math.cos(turn),
  };
}

/** Scales what was written to its size, puts it somewhere on the sheet, and samples the pen's way. */
function settle(strokes: readonly Point[][], { size, speed }: Manner, random: Random): Stroke[] {
  const all = strokes.flat();
  const [left, top] = [Math.min(...all.map(({ x }) => x)), Math.min(...all.map(({ y }) => y))];
  const width = Math.max(...all.map(({ x }) => x)) - left;
  const height = Math.max(...all.map(({ y }) => y)) - top;
  const scale = size / Math.max(width, height);
  const edge = 0.05;
  const toRight = edge + (1 - 2 * edge - width * scale) * random.next();
  const toBottom = edge + (1 - 2 * edge - height * scale) * random.next();
  const round = (share: number) => Math.round(share * 1000) / 1000;
  return strokes.map((stroke) =>
    sample(
      stroke.map(({ x, y }) => ({ x: toRight + (x - left) * scale, y: toBottom + (y - top) * scale })),
      speed * size,
      random,
    ).map(({ x, y }) => ({ x: round(x), y: round(y) })),
  );
}

/** Points of a way about so far from each other as a hand of changing speed leaves them; the first and the last among them. */
function sample(way: readonly Point[], apart: number, random: Random): Point[] {
  const points = [way[0]!];
  let gone = 0;
  let next = apart * (0.5 + random.next());
  for (let i = 1; i < way.length; i++) {
    gone += Math.hypot(way[i]!.x - way[i - 1]!.x, way[i]!.y - way[i - 1]!.y);
    if (gone < next) continue;
    points.push(way[i]!);
    gone = 0;
    next = apart * (0.5 + random.next());
  }
  points.push(way.at(-1)!);
  return points;
}
