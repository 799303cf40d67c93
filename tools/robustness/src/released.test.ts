import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { createRandom, datasetFolder, drawDigits, readSplit } from '@mnist-edge/data';
import { PIXELS, Problem, scoreNames } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { families } from './corruptions.ts';
import { measure, trainedKinds } from './measure.ts';
import { openModel } from './open-model.ts';
import { drawOthers } from './others.ts';
import { measureRejection } from './rejection.ts';

const released = await openModel(join(workspaceRoot, 'models/digits'));
const digits = drawDigits(20, createRandom(9));

test('the released model on drawn digits: a row for each family, and sums that follow from the rows', async () => {
  const found = await measure(released, digits, 'drawn');
  expect(found.rows.map(({ family }) => family)).toEqual(families.map(({ name }) => name));
  expect(found.clean).toBeGreaterThan(0.7);
  expect(found.mean).toBeGreaterThan(0.3);
  expect(found.mean).toBeLessThan(found.clean);
  expect(found.lowestMiddle).toBe(Math.min(...found.rows.map(({ accuracy }) => accuracy[2]!)));
});

test('the released model reads spoilt MNIST digits: in the mean, of families it never saw, and of each', async () => {
  const all = await readSplit(datasetFolder('mnist'), 'validation');
  const some = { count: 150, images: all.images.subarray(0, 150 * PIXELS), labels: all.labels.subarray(0, 150) };
  const found = await measure(released, some, 'validation');
  expect(found.rows.filter(({ trained }) => !trained).length).toBeGreaterThanOrEqual(5);
  expect(found.mean).toBeGreaterThan(0.95);
  expect(found.untrained).toBeGreaterThan(0.92);
  expect(found.lowestMiddle).toBeGreaterThan(0.8);
});

test('the kinds that a net was trained on come from its configuration', () => {
  const { bundle } = released.recognizer;
  const with_ = (augment: unknown) => ({ ...bundle, training: { ...bundle.training, config: { augment } } });
  expect(trainedKinds(with_('gentle'))).toEqual(new Set(['affine']));
  expect(trainedKinds(with_('affine:strong,noise'))).toEqual(new Set(['affine', 'noise']));
  expect(trainedKinds(with_('affine,noise|contrast:strong'))).toEqual(new Set(['affine', 'noise', 'contrast']));
  expect(trainedKinds(with_(undefined))).toEqual(new Set());
});

test('a threshold refuses no more digits than it may, and a choice does not look at what is for the report only', async () => {
  const others = drawOthers(50);
  const report = await measureRejection(released, digits, others, 0.1, (kind) => kind === 'dots');
  expect(report.kinds.map(({ kind }) => kind)).toEqual(others.map(({ name }) => name));
  const dots = report.kinds.find(({ kind }) => kind === 'dots')!;
  expect(dots.images).toBe(50);
  expect(dots.rejected[report.best]).toBe(Math.max(...scoreNames.map((score) => dots.rejected[score])));
  const again = await measureRejection(released, digits, [{ name: 'digits', images: digits.images }], 0.1, () => true);
  for (const score of scoreNames) {
    expect(again.kinds[0]!.rejected[score]).toBeLessThanOrEqual(0.1);
    expect(again.kinds[0]!.auroc[score]).toBeCloseTo(0.5, 9);
  }
});

test('drawn things that are no digit are whole images, the same at every call', () => {
  const [once, again] = [drawOthers(50), drawOthers(50)];
  expect(again).toEqual(once);
  for (const { name, images } of once) expect(images.length % PIXELS, name).toBe(0);
});

test('a folder without a bundle is named, with the way out', async () => {
  await expect(openModel('/nowhere')).rejects.toThrow(Problem);
  await expect(openModel('/nowhere')).rejects.toThrow('/nowhere/bundle.json cannot be read');
});
