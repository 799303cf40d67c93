import type { Point, Stroke } from '@mnist-edge/recognizer';

/**
 * Takes away the parts of strokes that a round eraser passed over; what is left of a stroke becomes strokes of its own.
 * @param path where the eraser went, in the strokes' unit
 * @param radius of the eraser, in the same unit
 * @returns the same array when nothing was touched
 */
export function erase<P extends Point>(
  strokes: readonly (readonly P[])[],
  path: Stroke,
  radius: number,
): readonly (readonly P[])[] {
  let touched = false;
  const left = strokes.flatMap((stroke) => {
    const pieces = cut(stroke, path, radius);
    if (pieces.length === 1 && pieces[0] === stroke) return [stroke];
    touched = true;
    return pieces;
  });
  return touched ? left : strokes;
}

function cut<P extends Point>(stroke: readonly P[], path: Stroke, radius: number): (readonly P[])[] {
  const dense = densify(stroke, radius / 2);
  const kept = dense.map((point) => distance(point, path) > radius);
  if (kept.every(Boolean)) return [stroke];
  const pieces: P[][] = [];
  dense.forEach((point, at) => {
    if (!kept[at]) return;
    if (at > 0 && kept[at - 1]) pieces.at(-1)!.push(point);
    else pieces.push([point]);
  });
  return pieces;
}

/** The same path with points no further apart than `step`, so that a long line is cut where the eraser was. */
function densify<P extends Point>(stroke: readonly P[], step: number): P[] {
  return stroke.flatMap((point, at) => {
    if (at === 0) return [point];
    const before = stroke[at - 1]!;
    const parts = Math.max(1, Math.ceil(Math.hypot(point.x - before.x, point.y - before.y) / step));
    return Array.from({ length: parts }, (_, part) => {
      const share = (part + 1) / parts;
      return { ...point, x: before.x + (point.x - before.x) * share, y: before.y + (point.y - before.y) * share };
    });
  });
}

/** From a point to the nearest part of a path. */
function distance({ x, y }: Point, path: Stroke): number {
  let nearest = Number.POSITIVE_INFINITY;
  path.forEach((b, at) => {
    const a = path[Math.max(0, at - 1)]!;
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const squared = dx * dx + dy * dy;
    const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / squared));
    nearest = Math.min(nearest, Math.hypot(x - a.x - along * dx, y - a.y - along * dy));
  });
  return nearest;
}
