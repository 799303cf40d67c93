import { expect, test } from 'vitest';
import { Refusal } from '../http/refusal.ts';
import { fakeModel } from '../testing/fake-model.ts';
import { inOrder, modelsOf } from './models.ts';

const all = inOrder([
  fakeModel({ name: 'b', version: '1.0.0' }),
  fakeModel({ name: 'a', version: '1.9.0' }),
  fakeModel({ name: 'a', version: '1.10.0' }),
  fakeModel({ name: 'a', version: '0.99.99' }),
]);
const models = modelsOf(() => all, 'b');

test('by name, the highest version first', () => {
  expect(models.list().map(({ bundle }) => `${bundle.name} ${bundle.version}`)).toEqual([
    'a 1.10.0',
    'a 1.9.0',
    'a 0.99.99',
    'b 1.0.0',
  ]);
});

test('without a version the highest is found; with one, that one', () => {
  expect(models.find('a').bundle.version).toBe('1.10.0');
  expect(models.find('a', '1.9.0').bundle.version).toBe('1.9.0');
});

test('what is not there is refused with what is', () => {
  expect(() => models.find('c')).toThrow(new Refusal(404, 'There is no model "c"; this server has "a", "b".'));
  expect(() => models.find('b', '2')).toThrow(
    new Refusal(404, 'There is no version "2" of b; this server has "1.0.0".'),
  );
});

test('the main model is the one that was named, or the first', () => {
  expect(models.main().bundle.name).toBe('b');
  expect(modelsOf(() => all).main().bundle.version).toBe('1.10.0');
  expect(() => modelsOf(() => []).main()).toThrow('No model is loaded.');
});
