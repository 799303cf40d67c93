import { expect, test } from 'vitest';
import { findArchitecture } from '../models/index.ts';
import { drawTrials } from './plan.ts';

const space = { learningRate: { 'log-uniform': [0.001, 0.1] }, augment: { choice: ['none', 'gentle'] } };

test("trials follow from the seed; what a space leaves out comes from the model's recipe", async () => {
  const five = await drawTrials(space, 'space.json', 5, 1);
  expect(five).toHaveLength(5);
  expect(await drawTrials(space, 'space.json', 3, 1)).toEqual(five.slice(0, 3));
  expect(await drawTrials(space, 'space.json', 5, 2)).not.toEqual(five);
  for (const config of five)
    expect(config).toMatchObject({ model: 'edge', epochs: findArchitecture('edge').recipe.epochs, seed: 1 });
});

test('no point is tried twice, and a space that is used up gives no more', async () => {
  const small = { dropout: { choice: [0, 0.1] }, augment: { choice: ['none', 'gentle'] } };
  const configs = await drawTrials(small, 'space.json', 27, 1);
  expect(new Set(configs.map(({ dropout, augment }) => `${dropout} ${augment}`)).size).toBe(4);
  expect(configs).toHaveLength(4);
});

test('models whose recipes train for different numbers of epochs need one to be given', async () => {
  const models = { model: { choice: ['edge', 'keras-tutorial'] } };
  const [many, few] = models.model.choice.map((name) => findArchitecture(name).recipe.epochs);
  await expect(drawTrials(models, 'space.json', 9, 1)).rejects.toThrow(
    new RegExp(`--space space.json: epochs: .*recipes have (${many} and ${few}|${few} and ${many}).*"epochs": ${many}`),
  );
  expect(await drawTrials({ ...models, epochs: 4 }, 'space.json', 9, 1)).toHaveLength(2);
});

test('settings that do not go together are refused', async () => {
  await expect(drawTrials({ freeze: { choice: [1, 2] } }, 'space.json', 2, 1)).rejects.toThrow(/freeze: .*--from/);
});
