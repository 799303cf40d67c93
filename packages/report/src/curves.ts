import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml, type Language, languages, type Text } from './page.ts';

/** One line of a chart. */
export interface Curve {
  readonly name: string;
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
      `stroke="${colour(index)}" stroke-width="2.5" stroke-dasharray="${dash(index)}"/></svg> ${escapeHtml(name)}</li>`,
  );
  const plots = languages.map((language) => `<div lang="${language}">${plot(chart, language)}</div>`);
  return (
    `<figure style="margin:0">${plots.join('')}<ul style="display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:0;` +
    `padding:0;list-style:none;font-size:.875rem">${names.join('')}</ul></figure>`
  );
}

function plot({ title, x, y, curves, scale = 'linear' }: Curves, language: Language): string {
  const { document } = parseHTML('<html><body></body></html>');
  const lines = curves.map(({ points, marked }) => {
    const shown = points.filter((point) => point.every(Number.isFinite) && (scale !== 'log' || point[1] > 0));
    return { shown, dots: shown.filter(([at]) => at === marked) };
  });
  const steps = lines.flatMap(({ shown }) => shown.map(([at]) => at));
  const svg = Plot.plot({
    document: document as never,
    ...SIZE,
    marginLeft: 52,
    marginBottom: 42,
    style: { fontSize: `${SIZE.fontSize}px`, background: 'transparent' } as never,
    // Epochs are whole: a tick between two of them would mean nothing.
    x: { label: x[language], ticks: wholeTicks(steps), tickFormat: 'd' },
    y: { label: y[language], grid: true, ticks: 5, percent: scale === 'percent', ...logarithmic(scale) },
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

function logarithmic(scale: Curves['scale']): Plot.ScaleOptions {
  return scale === 'log' ? { type: 'log', tickFormat: '~g' } : {};
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
