import type { Point, Stroke } from '@mnist-edge/recognizer';
import type { Random } from './random.ts';
import { type Node, nodesOf, type Style } from './skeletons.ts';

/** Points on the curve between two nodes of a skeleton. */
const STEPS = 7;

/** How one writer's hand differs from the skeleton, drawn anew for each digit. Lengths are in heights of the digit. */
interface Hand {
  /** Width of the digit's box. */
  readonly width: number;
  /** To the right for each unit upwards. */
  readonly slant: number;
  /** Radians, clockwise. */
  readonly turn: number;
  readonly waves: readonly Wave[];
}

/** A smooth displacement of the whole plane: the elastic part of the distortion. */
interface Wave {
  readonly x: number;
  readonly y: number;
  readonly phase: number;
  readonly right: number;
  readonly down: number;
}

/**
 * Writes a digit in one of its styles as a person might: every node of the skeleton slightly missed, the whole bent,
 * narrowed or widened, slanted and turned.
 * @returns strokes around a box of height 1, x to the right, y down
 */
export function handwrite(style: Style, random: Random): Stroke[] {
  const hand = drawHand(random);
  // One amount for a whole digit: some people write neatly.
  const carelessness = 0.01 + 0.035 * random.next();
  return style.paths.map((path) => curve(miss(nodesOf(path), carelessness, random)).map((node) => place(node, hand)));
}

function drawHand(random: Random): Hand {
  return {
    // These give boxes and slants with the mean and spread of MNIST's training digits.
    width: 0.84 * Math.exp(0.2 * random.normal()),
    slant: 0.15 + 0.26 * random.normal(),
    turn: 0.06 * random.normal(),
    waves: [drawWave(random), drawWave(random), drawWave(random)],
  };
}

function drawWave(random: Random): Wave {
  return {
    x: 2 * Math.PI * (0.3 + 0.6 * random.next()),
    y: 2 * Math.PI * (0.3 + 0.6 * random.next()),
    phase: 2 * Math.PI * random.next(),
    right: 0.035 * random.normal(),
    down: 0.035 * random.normal(),
  };
}

/** Moves each node a little; a corner is one node, and stays one. */
function miss(path: readonly Node[], carelessness: number, random: Random): Node[] {
  const missed: Node[] = [];
  path.forEach((node, i) => {
    const before = path[i - 1];
    const corner = before !== undefined && before[0] === node[0] && before[1] === node[1];
    missed.push(
      corner ? missed[i - 1]! : [node[0] + carelessness * random.normal(), node[1] + carelessness * random.normal()],
    );
  });
  return missed;
}

/** Points along a Catmull-Rom spline through the nodes, cut at its corners. */
function curve(nodes: readonly Node[]): Node[] {
  const points: Node[] = [nodes[0]!];
  for (let i = 0; i + 1 < nodes.length; i++) {
    const from = nodes[i]!;
    const to = nodes[i + 1]!;
    if (from === to) continue;
    // At an end or a corner the neighbour beyond is mirrored, so that the curve neither speeds up nor bends there.
    const before = i > 0 && nodes[i - 1] !== from ? nodes[i - 1]! : mirrored(to, from);
    const after = i + 2 < nodes.length && nodes[i + 2] !== to ? nodes[i + 2]! : mirrored(from, to);
    for (let step = 1; step <= STEPS; step++) {
      const t = step / STEPS;
      points.push([spline(before[0], from[0], to[0], after[0], t), spline(before[1], from[1], to[1], after[1], t)]);
    }
  }
  return points;
}

function mirrored(node: Node, at: Node): Node {
  return [2 * at[0] - node[0], 2 * at[1] - node[1]];
}

/** Uniform Catmull-Rom spline, from b at t = 0 to c at t = 1. */
function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

function place([x, y]: Node, { width, slant, turn, waves }: Hand): Point {
  let right = (x - 0.5) * width;
  let down = y - 0.5;
  for (const wave of waves) {
    const swing = Math.sin(wave.x * x + wave.y * y + wave.phase);
    right += wave.right * swing;
    down += wave.down * swing;
  }
  right -= slant * down;
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  return { x: cos * right - sin * down, y: sin * right + cos * down };
}
