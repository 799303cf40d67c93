import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { quick } from '../run.fixture.ts';
import { comparePage } from './compare-page.ts';
import { observed } from './observed-run.fixture.ts';

const runs = [observed(), observed({ name: '<second>', config: { ...quick, seed: 2 } })];
const { document } = parseHTML(comparePage(runs));

test('draws every run twice, by accuracy and by loss, in every language', () => {
  for (const language of ['en', 'zh']) {
    const charts = [...document.querySelectorAll(`div[lang=${language}] svg[role=img]`)];
    expect(charts.length).toBe(2);
    for (const chart of charts) expect(chart.querySelectorAll('g[aria-label=line] path').length).toBe(2);
  }
});

test('names the runs and the settings that differ', () => {
  const [results, settings] = [...document.querySelectorAll('table')];
  expect([...results!.querySelectorAll('th[scope=col]')].map((cell) => cell.textContent)).toEqual([
    'first',
    '<second>',
  ]);
  expect(results!.querySelectorAll('th[scope=row]').length).toBe(8);
  expect([...settings!.querySelectorAll('tbody tr')].map((row) => row.querySelector('[lang=en]')!.textContent)).toEqual(
    ['seed'],
  );
});

test('where nothing differs, it says so', () => {
  expect(comparePage([observed(), observed({ name: 'again' })])).toContain('these runs have the same config');
});

test('needs nothing from elsewhere', () => {
  expect(document.querySelectorAll('script, iframe, link[rel=stylesheet], img').length).toBe(0);
  expect(document.toString()).not.toMatch(/url\(|@import/);
});
