/** A convolution's weights, `[height, width, 1, filters]`, flat. */
export interface Kernel {
  readonly height: number;
  readonly width: number;
  readonly filters: number;
  readonly weights: Float32Array;
}

const CELL = 16;

/** Filters as small pictures, one square a weight. */
export function filterPictures({ height, width, filters, weights }: Kernel): string {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const one = (filter: number) => {
    const squares = Array.from({ length: height * width }, (_, i) => {
      const weight = weights[i * filters + filter]!;
      const strength = largest === 0 ? 0 : Math.abs(weight) / largest;
      const [x, y] = [(i % width) * CELL, Math.floor(i / width) * CELL];
      const colour = weight < 0 ? '#1c7ed6' : '#e8590c';
      return `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="${colour}" fill-opacity="${strength.toFixed(2)}"/>`;
    });
    const [w, h] = [width * CELL, height * CELL];
    return `<svg role="img" aria-label="filter ${filter + 1}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" style="border:1px solid var(--line)">${squares.join('')}</svg>`;
  };
  return `<div style="display:flex;flex-wrap:wrap;gap:.75rem">${Array.from({ length: filters }, (_, i) => one(i)).join('')}</div>`;
}
