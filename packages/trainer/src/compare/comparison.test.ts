import { expect, test } from 'vitest';
import { quick } from '../run.fixture.ts';
import { compareRuns, duration } from './comparison.ts';
import { epochReport, observed } from './observed-run.fixture.ts';

/** Property to values, in one language. */
function read(rows: ReturnType<typeof compareRuns>['results'], language: 'en' | 'zh' = 'en') {
  return Object.fromEntries(
    rows.map(({ property, values }) => [property[language], values.map((value) => value[language])]),
  );
}

const { test: _, ...untested } = observed();

test('what runs came to, side by side; a dash for what is not known', () => {
  const fresh = {
    ...untested,
    ...{ name: 'second', config: { ...quick, epochs: 9 }, reports: [], best: undefined, finished: false },
    ...{ parameters: undefined, seconds: undefined, imagesPerSecond: undefined, test: undefined },
  };
  const { runs, results } = compareRuns([observed(), fresh]);
  expect(runs).toEqual(['first', 'second']);
  expect(read(results)).toEqual({
    model: ['edge', 'edge'],
    parameters: ['34,994', '–'],
    epochs: ['2', '0 of 9 so far'],
    'best validation accuracy': ['90.00 %', '–'],
    'its epoch': ['2', '–'],
    'test accuracy': ['88.00 %', '–'],
    'images/s': ['1,234', '–'],
    time: ['2 min 5 s', '–'],
  });
});

test('a run that patience ended is not taken for one that goes on', () => {
  const config = { ...quick, epochs: 20 };
  const { results } = compareRuns([observed({ config }), observed({ config, finished: false })]);
  expect(read(results).epochs).toEqual(['2 of 20, by patience', '2 of 20 so far']);
  expect(read(results, 'zh').训练轮数).toEqual(['2 / 20，提前停止', '2 / 20，未结束']);
});

test('the settings that differ, and no others; also those that only one run has', () => {
  const other = observed({ config: { ...quick, learningRate: 0.1, model: 'keras-tutorial', from: 'models/digits' } });
  expect(read(compareRuns([observed(), other]).differences)).toEqual({
    learningRate: ['0.01', '0.1'],
    from: ['–', 'models/digits'],
  });
  expect(compareRuns([observed(), observed()]).differences).toEqual([]);
});

test('machines are told apart where speeds were measured on more than one', () => {
  expect(read(compareRuns([observed(), observed()]).results)).not.toHaveProperty('machine');
  const two = compareRuns([observed(), observed({ machine: 'another', reports: [epochReport(1, 0.5)] })]);
  expect(read(two.results).machine).toEqual(['a machine', 'another']);
});

test.each([
  [0.4, '0 s', '0 秒'],
  [59.6, '1 min 0 s', '1 分 0 秒'],
  [3599, '59 min 59 s', '59 分 59 秒'],
  [3661, '1 h 1 min', '1 小时 1 分'],
])('%d seconds are %s', (seconds, en, zh) => {
  expect(duration(seconds)).toEqual({ en, zh });
});
