import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { architectures, findArchitecture } from './models/index.ts';

const good = { model: 'edge', dataset: 'mnist', seed: 1, ...findArchitecture('edge').recipe };

test.each(architectures)('the recipe of $name is a valid config', ({ name, recipe }) => {
  expect(parseConfig({ model: name, dataset: 'mnist', seed: 0, ...recipe }, 'c')).toMatchObject(recipe);
});

test.each([
  ['epochs', 0],
  ['epochs', 1.5],
  ['batchSize', -1],
  ['learningRate', 0],
  ['learningRate', 'fast'],
  ['schedule', 'cosine-ish'],
  ['augment', 'wild'],
  ['optimizer', 'adagrad'],
  ['loss', 'hinge'],
  ['labelSmoothing', 1],
  ['dropout', -0.1],
  ['ema', 1],
  ['clipNorm', -1],
  ['patience', 0.5],
  ['keep', 'first'],
  ['weightDecay', -1],
  ['sharpness', -0.1],
  ['weightBits', 25],
  ['outliers', 1.5],
  ['seed', -1],
  ['from', ''],
  ['fromSha256', 'abc'],
  ['freeze', -1],
  ['perClass', 0],
  ['surprise', 1],
])('a config with %s = %s is refused by name', (field, value) => {
  expect(() => parseConfig({ ...good, [field]: value }, 'config.json')).toThrow(
    new RegExp(`config.json: ${field}: .*trainer:train`, 's'),
  );
});

test('a config that lacks a field is refused by name', () => {
  const { seed: _, ...lacking } = good;
  expect(() => parseConfig(lacking, 'config.json')).toThrow(/config.json: seed/);
});

test('an unknown model is refused with the list of models', () => {
  expect(() => findArchitecture('resnet')).toThrow(
    /"resnet".*edge, edge-fast, edge-flat, edge-max, edge-nano, keras-tutorial/,
  );
});

test('a config that waits for a better epoch and keeps the last one is refused', () => {
  expect(() => parseConfig({ ...good, keep: 'last', patience: 3 }, 'settings')).toThrow(
    /settings: patience: 3 .*keep: last.*--patience or --keep/s,
  );
  expect(parseConfig({ ...good, keep: 'last' }, 'settings').keep).toBe('last');
});

test('a decay is refused where the optimizer has none', () => {
  expect(() => parseConfig({ ...good, weightDecay: 0.1 }, 'settings')).toThrow(
    /settings: weightDecay: 0.1 .*adam\..*--weight-decay/s,
  );
  expect(parseConfig({ ...good, weightDecay: 0.1, optimizer: 'sgd' }, 'settings').weightDecay).toBe(0.1);
});

test('a config from before there was a choice keeps the best epoch, and takes gradients where the weights are', () => {
  const { keep: _, sharpness: __, ...before } = good;
  expect(parseConfig(before, 'config.json')).toMatchObject({ keep: 'best', sharpness: 0 });
});
