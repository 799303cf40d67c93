import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { both, escapeHtml, type Language, languages, type Text } from './page.ts';

/** One line of a chart. */
export interface Curve {
  /** A proper name as it is, or words in every language. */
  readonly name: string | Text;
  /** x and y, by rising x; a point that is not finite is left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The x of the point that gets a dot. */
  readonly marked?: number | undefined;
}

export interface Curves {
  /** Also what is read out in the chart's place. */
  readonly title: Text;
  readonly x: Text;
  readonly y: Text;
  readonly curves: readonly Curve[];
  /** `percent` shows shares of 1 as percentages; `log` needs values above 0 and leaves out others. */
  readonly scale?: 'linear' | 'percent' | 'log';
}

/** Beyond these, colours come again with another dash. Tol's "bright" (2018) and a brown: told apart by the colour-blind. */
const COLOURS = ['#4477aa', '#ee6677', '#228833', '#b8a21e', '#3fa5c4', '#aa3377', '#8a8a8a', '#a5694f'];
const DASHES = ['', '6 3', '2 3', '8 3 2 3'];
/** A phone shows it at about three quarters of this, where the type can still be read. */
const SIZE = { width: 480, height: 300, fontSize: 13 };

/** A line chart with its legend, as an HTML figure in every language. */
export function curves(chart: Curves): string {
  const names = chart.curves.map(
    ({ name }, index) =>
      `<li style="white-space:nowrap"><svg width="28" height="10" aria-hidden="true"><path d="M1 5H27" fill="none" ` +
      `stroke="${colour(index)}" stroke-width="2.5" stroke-dasharray="${dash(index)}"/></svg> ${typeof name === 'string' ? escapeHtml(name) : both(name)}</li>`,
  );
  const plots = languages.map((language) => `<div lang="${language}">${plot(chart, language)}</div>`);
  return (
    `<figure style="margin:0">${plots.join('')}<ul style="display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:0;` +
    `padding:0;list-style:none;font-size:.875rem">${names.join('')}</ul></figure>`
  );
}

function plot({ title, x, y, curves, scale = 'linear' }: Curves, language: Language): string {
  const { document } = parseHTML('<html><body></body></html>');
  // Plot's own logarithmic axis leaves some of its ticks without a number.
  const place = scale === 'log' ? Math.log10 : (value: number) => value;
  const lines = curves.map(({ points, marked }) => {
    const shown = points
      .map(([at, value]) => [at, place(value)] as const)
      .filter((point) => point.every(Number.isFinite));
    return { shown, dots: shown.filter(([at]) => at === marked) };
  });
  const all = lines.flatMap(({ shown }) => shown);
  const svg = Plot.plot({
    document: document as never,
    ...SIZE,
    marginLeft: 52,
    marginBottom: 42,
    style: { fontSize: `${SIZE.fontSize}px`, background: 'transparent' } as never,
    // Epochs are whole: a tick between two of them would mean nothing.
    x: { label: x[language], ticks: wholeTicks(all.map(([at]) => at)), tickFormat: 'd' },
    y: {
      label: y[language],
      labelArrow: 'up',
      grid: true,
      ...(scale === 'log' ? powers(all.map(([, value]) => value)) : { ticks: 5, percent: scale === 'percent' }),
    },
    marks: lines.flatMap(({ shown, dots }, index) => {
      const strokeDasharray = dash(index);
      const line = { stroke: colour(index), strokeWidth: 2, ...(strokeDasharray === '' ? {} : { strokeDasharray }) };
      return [Plot.line(shown, line), Plot.dot(dots, { fill: colour(index), r: 4 })];
    }),
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title[language]);
  return svg.outerHTML;
}

/**
 * Ticks at round values for logarithms to base 10.
 * @param logarithms of what is drawn
 */
function powers(logarithms: readonly number[]): Plot.ScaleOptions {
  const [least, most] = [10 ** Math.min(...logarithms), 10 ** Math.max(...logarithms)];
  const first = Math.floor(Math.min(...logarithms));
  const decades = Array.from(
    { length: Math.max(0, Math.ceil(Math.max(...logarithms)) - first + 1) },
    (_, i) => first + i,
  );
  // From coarse to fine, until there are enough of them to read values by; a range that is very narrow has few.
  const steps = (size: number) => Array.from({ length: 9 / size }, (_, i) => 1 + i * size);
  const grids = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], steps(0.5), steps(0.1)];
  const inside = grids.map((grid) =>
    decades
      .flatMap((decade) => grid.map((factor) => Number((factor * 10 ** decade).toPrecision(3))))
      .filter((value) => value >= least && value <= most),
  );
  const ticks = inside.find((values) => values.length >= 4) ?? inside.at(-1)!;
  const stride = Math.ceil(ticks.length / 8);
  return {
    ticks: ticks.filter((_, index) => index % stride === 0).map(Math.log10),
    tickFormat: (tick: number) => Number((10 ** tick).toPrecision(3)).toString(),
  };
}

/** At most about seven whole numbers from the least to the most. */
function wholeTicks(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const [least, most] = [Math.ceil(Math.min(...values)), Math.floor(Math.max(...values))];
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => (most - least) / step <= 7) ?? most - least;
  const ticks: number[] = [];
  for (let tick = Math.ceil(least / stride) * stride; tick <= most; tick += stride) ticks.push(tick);
  return ticks;
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length]!;
}

function dash(index: number): string {
  return DASHES[Math.floor(index / COLOURS.length) % DASHES.length]!;
}
