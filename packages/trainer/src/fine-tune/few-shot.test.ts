import { expect, test } from 'vitest';
import { quick } from '../run.fixture.ts';
import { spread } from '../spread.ts';
import { gains, type Setting, settings, summarize, type Trial, trialConfig } from './few-shot.ts';

const base = { ...quick, from: 'models/digits', perClass: 100 };
const [slow, fast, tuned, frozen] = settings([0.001, 0.01], [0, 4]) as [Setting, Setting, Setting, Setting];

function trial(setting: Setting, seed: number, validation: number, test: number): Trial {
  const score = (accuracy: number) => ({ images: 100, accuracy, loss: 1 });
  return { setting, seed, validation: score(validation), test: score(test) };
}

test('both ways are tried at each learning rate, the tuned one with each number of frozen layers', () => {
  expect(settings([0.001, 0.01], [0, 4])).toEqual([
    { start: 'scratch', learningRate: 0.001, freeze: 0 },
    { start: 'scratch', learningRate: 0.01, freeze: 0 },
    { start: 'fine-tuned', learningRate: 0.001, freeze: 0 },
    { start: 'fine-tuned', learningRate: 0.001, freeze: 4 },
    { start: 'fine-tuned', learningRate: 0.01, freeze: 0 },
    { start: 'fine-tuned', learningRate: 0.01, freeze: 4 },
  ]);
});

test('two trials of one seed differ in their start alone, so that they see the same images', () => {
  const { from, freeze, ...rest } = trialConfig(base, { ...frozen, learningRate: 0.001 }, 3);
  expect({ from, freeze }).toEqual({ from: 'models/digits', freeze: 4 });
  expect(trialConfig(base, slow, 3)).toEqual(rest);
  expect(rest).toMatchObject({ seed: 3, learningRate: 0.001, perClass: 100 });
});

test('validation decides which setting is chosen, whatever the test says', () => {
  const rows = summarize([
    trial(slow, 1, 0.8, 0.7),
    trial(slow, 2, 0.82, 0.7),
    trial(slow, 3, 0.1, 0.7),
    trial(fast, 1, 0.7, 0.9),
    trial(fast, 2, 0.7, 0.9),
    trial(fast, 3, 0.9, 0.9),
    trial(tuned, 1, 0.6, 0.5),
  ]);
  expect(rows.map(({ setting, chosen }) => ({ setting, chosen }))).toEqual([
    { setting: slow, chosen: true },
    { setting: fast, chosen: false },
    { setting: tuned, chosen: true },
  ]);
  expect(rows[0]!.validation).toEqual({ median: 0.8, lowest: 0.1, highest: 0.82 });
});

test('gains are taken seed by seed', () => {
  const trials = [trial(slow, 1, 0, 0.5), trial(tuned, 2, 0, 0.75), trial(slow, 2, 0, 0.25), trial(tuned, 1, 0, 0.25)];
  expect(gains(trials, tuned, slow)).toEqual([0.5, -0.25]);
  expect(gains([...trials, trial(tuned, 3, 0, 1)], tuned, slow)).toHaveLength(2);
});

test('the median of an even number of values is the mean of the middle two', () => {
  expect(spread([0.4, 0.1, 0.3, 0.2])).toEqual({ median: 0.25, lowest: 0.1, highest: 0.4 });
  expect(spread([0.4])).toEqual({ median: 0.4, lowest: 0.4, highest: 0.4 });
});
