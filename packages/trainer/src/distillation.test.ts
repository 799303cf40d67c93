import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from './backend.ts';
import type { TrainConfig } from './config.ts';
import { DISTILLATION_TEMPERATURE, openTeacher } from './distillation.ts';
import { trainEpochs } from './epochs.ts';
import { openModelFiles } from './model-files.ts';
import { edge } from './models/edge.ts';
import { NO_CLASS } from './outliers.ts';
import { digits, quick, smallDataset } from './run.fixture.ts';
import { readConfig } from './run-folder.ts';
import { type RunRequest, trainRun } from './train-run.ts';

let folder: string;
let dataset: string;
let backend: Backend;
let first: string;
let second: string;

const labels = Array.from('0123456789');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-distillation-'));
  dataset = join(folder, 'synthetic');
  first = join(folder, 'first');
  second = join(folder, 'second');
  await smallDataset(dataset, 1000);
  backend = await startBackend();
  await train('first', { epochs: 4 });
  await train('second', { epochs: 1, seed: 2 });
});

afterAll(() => rm(folder, { recursive: true }));

function train(name: string, config: Partial<TrainConfig>, more: Partial<RunRequest> = {}) {
  return trainRun({ config: { ...quick, ...config }, backend, dataset, folder: join(folder, name), ...more });
}

async function weightsOf(run: string): Promise<string> {
  return (await readFile(join(folder, run, 'model', 'weights.bin'))).toString('base64');
}

test('teachers answer with the mean of their probabilities, and with nothing of images of no class', async () => {
  const { teacher } = await openTeacher({ ...quick, teacher: `${first},${second}` }, labels);
  const images = tf.randomUniform([3, 28, 28, 1], 0, 1, 'float32', 5) as tf.Tensor4D;
  const answers = teacher!.answer(images, tf.tensor1d([7, NO_CLASS, 0], 'int32')).arraySync();
  const own: number[][][] = [];
  for (const run of [first, second]) {
    const model = await openModelFiles(join(run, 'model'));
    own.push(tf.softmax((model.predict(images) as tf.Tensor).div(DISTILLATION_TEMPERATURE)).arraySync() as number[][]);
  }
  for (const image of [0, 2]) {
    for (const label of labels.keys()) {
      expect(answers[image]![label]).toBeCloseTo((own[0]![image]![label]! + own[1]![image]![label]!) / 2, 5);
    }
  }
  for (const probability of answers[1]!) expect(probability).toBeCloseTo(0.1, 6);
});

test('a student learns what its teacher says, not what the labels say', async () => {
  const split = digits(1000, 1);
  const wrong = { ...split, labels: split.labels.map((label) => (label + 1) % 10) };
  const accuracies: number[] = [];
  for (const name of [undefined, first]) {
    const config = { ...quick, epochs: 6, ...(name && { teacher: name }) };
    const { teacher } = await openTeacher(config, labels);
    const random = createRandom(1);
    const model = edge.build({
      classes: 10,
      nextSeed: () => random.whole(2 ** 32),
      greyLevels: 'as-is',
      dropout: 0,
      random,
    });
    const training = { config, model, train: wrong, validation: digits(300, 2), random };
    let accuracy = Number.NaN;
    for await (const { report } of trainEpochs({ ...training, ...(teacher && { teacher }) })) {
      accuracy = report.validation.accuracy;
    }
    accuracies.push(accuracy);
  }
  expect(accuracies[0]).toBeLessThan(0.1);
  expect(accuracies[1]).toBeGreaterThan(0.8);
});

test('the run records its teachers, and is the same again when it was stopped and resumed', async () => {
  const config = { teacher: `${first},${second}`, epochs: 3 };
  await train('whole', config);
  expect(await readConfig(join(folder, 'whole'))).toMatchObject({
    teacher: `${first},${second}`,
    teacherSha256: expect.stringMatching(/^[0-9a-f]{64},[0-9a-f]{64}$/),
  });
  const stop = new AbortController();
  await train('stopped', config, { signal: stop.signal, onEpoch: () => stop.abort() });
  await train('stopped', await readConfig(join(folder, 'stopped')), { resume: true });
  expect(await weightsOf('stopped')).toBe(await weightsOf('whole'));
});

test.each([
  ['nothing', '', labels, /--teacher "nothing": there is no run of that name/],
  ['another', 'teacher', Array.from('abcdefghij'), /tells 0, 1, .* apart, and the dataset has a, b, /],
] as const)('a teacher that is %s is refused', async (_, which, classes, message) => {
  const teacher = which === 'teacher' ? first : 'nothing';
  await expect(openTeacher({ ...quick, teacher }, classes)).rejects.toThrow(message);
});

test('a teacher whose weights are no longer those of the config is refused', async () => {
  const config = { ...quick, teacher: first, teacherSha256: 'a'.repeat(64) };
  await expect(openTeacher(config, labels)).rejects.toThrow(/expected SHA-256 a{64}, found [0-9a-f]{64}/);
});
