import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { type Curves, curves } from './curves.ts';
import { languages } from './page.ts';

const words = {
  title: { en: 'Validation accuracy', zh: '验证准确率' },
  x: { en: 'epoch', zh: '轮次' },
  y: { en: 'accuracy', zh: '准确率' },
};

function parse(chart: Curves) {
  return parseHTML(`<html><body>${curves(chart)}</body></html>`).document;
}

test('is drawn and named in every language, a line and a name in the legend for each curve', () => {
  const points = [1, 2, 3].map((x) => [x, x / 4] as const);
  const document = parse({ ...words, curves: ['first', '<b>'].map((name) => ({ name, points, marked: 2 })) });
  for (const language of languages) {
    const svg = document.querySelector(`div[lang=${language}] svg[role=img]`)!;
    expect(svg.getAttribute('aria-label')).toBe(words.title[language]);
    expect(svg.textContent).toContain(words.x[language]);
    expect(svg.textContent).toContain(words.y[language]);
    expect(svg.querySelectorAll('g[aria-label=line] path').length).toBe(2);
    expect(svg.querySelectorAll('g[aria-label=dot] circle').length).toBe(2);
    const ticks = [...svg.querySelectorAll('g[aria-label="x-axis tick label"] text')].map((text) => text.textContent);
    expect(ticks).toEqual(['1', '2', '3']);
  }
  expect([...document.querySelectorAll('li')].map((item) => item.textContent!.trim())).toEqual(['first', '<b>']);
});

test('the more lines there are, no two look the same', () => {
  const many = Array.from({ length: 32 }, (_, i) => ({ name: `run ${i}`, points: [[1, i] as const] }));
  const document = parse({ ...words, curves: many });
  const looks = [...document.querySelectorAll('li path')].map(
    (path) => `${path.getAttribute('stroke')} ${path.getAttribute('stroke-dasharray')}`,
  );
  expect(new Set(looks).size).toBe(32);
});

test.each([
  [
    [0.2, 0.45, 0.31],
    ['0.2', '0.3'],
  ],
  [
    [2.3, 0.02, 0.004],
    ['0.01', '0.1', '1'],
  ],
  [[0.251, 0.259, 0.253], []],
])('a logarithmic axis for %j has numbers at round values, from the least to the most', (values, among) => {
  const points = values.map((y, x) => [x, y] as const);
  const svg = parse({ ...words, scale: 'log', curves: [{ name: 'loss', points }] }).querySelector('svg[role=img]')!;
  const labels = [...svg.querySelectorAll('g[aria-label="y-axis tick label"] text')].map((text) => text.textContent!);
  expect(labels).toEqual(expect.arrayContaining(among));
  expect(labels.length).toBeLessThanOrEqual(8);
  for (const label of labels) {
    expect(Number(label)).toBeGreaterThanOrEqual(Math.min(...values));
    expect(Number(label)).toBeLessThanOrEqual(Math.max(...values));
  }
  if (among.length > 0) expect(labels.length).toBeGreaterThan(2);
});

test('whatever the values are, no coordinate is NaN', () => {
  const value = fc.oneof(fc.double({ min: -10, max: 10 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY));
  const point = fc.tuple(fc.integer({ min: 1, max: 10_000 }), value);
  const scale = fc.constantFrom('linear' as const, 'percent' as const, 'log' as const);
  fc.assert(
    fc.property(fc.array(fc.array(point, { maxLength: 6 }), { maxLength: 3 }), scale, (lines, scale) => {
      const html = curves({ ...words, scale, curves: lines.map((points, i) => ({ name: `run ${i}`, points })) });
      expect(html).not.toMatch(/NaN|Infinity/);
    }),
    { numRuns: 40 },
  );
});
