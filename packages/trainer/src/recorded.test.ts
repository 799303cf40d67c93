import { createRandom } from '@mnist-edge/data';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { drawMasks, giveMasks } from './dropout.ts';
import { batchLoss } from './loss.ts';
import { architectures } from './models/index.ts';
import { native } from './native-backend.ts';
import { Recorded } from './recorded.ts';

beforeAll(async () => {
  expect(await startBackend()).toMatchObject({ name: 'tensorflow' });
});

function numbers(tensors: readonly tf.Tensor[]): number[][] {
  return tensors.map((tensor) => Array.from(tensor.dataSync()));
}

/** Runs it until a graph could have taken over. */
function settle(recorded: Recorded, inputs: () => tf.Tensor[]): void {
  for (let i = 0; i < 5; i++) {
    tf.tidy(() => {
      recorded.run(inputs());
    });
  }
}

test.each(architectures)('$name: a graph takes over, and computes every bit as its ops do', ({ build }) => {
  const random = createRandom(1);
  const model = build({
    classes: 10,
    nextSeed: () => random.whole(2 ** 32),
    greyLevels: 'as-is',
    dropout: 0.2,
    random,
  });
  const all = model.weights.map((weight) => weight.read() as tf.Variable);
  const learned = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const compute = ([images, target, ...masks]: readonly tf.Tensor[]) => {
    const { value, grads } = tf.variableGrads(() => {
      giveMasks(model, masks);
      const logits = model.apply(images!, { training: true }) as tf.Tensor2D;
      return batchLoss('cross-entropy', target as tf.Tensor2D, logits);
    }, learned);
    return [value, ...learned.map(({ name }) => grads[name]!)];
  };
  const inputs = () => [
    tf.randomUniform([4, 28, 28, 1]),
    tf.oneHot(tf.randomUniform([4], 0, 10, 'int32'), 10).toFloat(),
    ...drawMasks(model, 4),
  ];
  const recorded = new Recorded(compute, all);
  settle(recorded, inputs);
  expect(recorded.isGraph).toBe(true);
  tf.tidy(() => {
    const [now, before] = [inputs(), all.map((variable) => variable.clone())];
    const byGraph = numbers([...recorded.run(now), ...all]);
    all.forEach((variable, i) => {
      variable.assign(before[i]!);
    });
    expect(byGraph).toEqual(numbers([...compute(now), ...all]));
  });
  recorded.dispose();
  model.dispose();
});

test('what it writes to a variable is written by the graph too', () => {
  const sum = tf.variable(tf.scalar(0));
  const recorded = new Recorded(
    ([x]) => {
      sum.assign(sum.add(x!));
      return [sum.mul(2)];
    },
    [sum],
  );
  for (let i = 1; i <= 6; i++) {
    const [doubled] = tf.tidy(() => recorded.run([tf.scalar(i)]));
    expect(numbers([sum, doubled!]).flat()).toEqual([(i * (i + 1)) / 2, i * (i + 1)]);
    doubled!.dispose();
  }
  expect(recorded.isGraph).toBe(true);
  recorded.dispose();
  sum.dispose();
});

test('numbers that are others each time do not get into a graph', () => {
  let calls = 0;
  const recorded = new Recorded(([x]) => [x!.add(++calls)], []);
  for (let i = 1; i <= 6; i++) expect(numbers(tf.tidy(() => recorded.run([tf.scalar(0)])))).toEqual([[i]]);
  expect(recorded.isGraph).toBe(false);
});

test('a computation that reads numbers in JavaScript stays there', () => {
  const recorded = new Recorded(([x]) => [x!.relu().dataSync()[0]! > 2 ? x!.square() : x!.neg()], []);
  settle(recorded, () => [tf.scalar(1)]);
  expect(numbers(tf.tidy(() => recorded.run([tf.scalar(3)])))).toEqual([[9]]);
  expect(recorded.isGraph).toBe(false);
});

test('a computation with a tensor that nobody told of stays op by op', () => {
  let secret = tf.scalar(1).relu();
  const recorded = new Recorded(([x]) => [x!.add(secret)], []);
  settle(recorded, () => [tf.scalar(1)]);
  secret.dispose();
  secret = tf.scalar(10).relu();
  expect(numbers(tf.tidy(() => recorded.run([tf.scalar(1)])))).toEqual([[11]]);
  expect(recorded.isGraph).toBe(false);
  secret.dispose();
});

test('where a graph gives other numbers, if only in the last bit, it is not used', () => {
  // An integer becomes part of the graph, where TensorFlow makes the division by it a multiplication.
  const recorded = new Recorded(([x]) => [x!.div(tf.scalar(3, 'int32').toFloat())], []);
  settle(recorded, () => [tf.randomNormal([100])]);
  expect(recorded.isGraph).toBe(false);
});

test('inputs of other shapes than the first ones are run op by op', () => {
  const recorded = new Recorded(([x]) => [x!.mul(x!.shape[0]!)], []);
  settle(recorded, () => [tf.ones([3])]);
  expect(recorded.isGraph).toBe(true);
  expect(numbers(tf.tidy(() => recorded.run([tf.ones([2])])))).toEqual([[2, 2]]);
  expect(numbers(tf.tidy(() => recorded.run([tf.ones([3])])))).toEqual([[3, 3, 3]]);
  recorded.dispose();
});

test('keeps no tensor and no graph behind', () => {
  const backend = native() as unknown as { getNumOfTFTensors(): number; getNumOfSavedModels(): number };
  const counts = () => [tf.memory().numTensors, backend.getNumOfTFTensors(), backend.getNumOfSavedModels()];
  const before = counts();
  const recorded = new Recorded(([x]) => [x!.mul(0.5).add(x!).add(x!)], []);
  settle(recorded, () => [tf.ones([3])]);
  const settled = counts();
  settle(recorded, () => [tf.ones([3])]);
  expect(counts()).toEqual(settled);
  recorded.dispose();
  expect(counts()).toEqual(before);
});

test('in plain JavaScript it stays op by op', async () => {
  await tf.setBackend('cpu');
  try {
    const recorded = new Recorded(([x]) => [x!.square()], []);
    settle(recorded, () => [tf.scalar(3)]);
    expect(numbers(tf.tidy(() => recorded.run([tf.scalar(3)])))).toEqual([[9]]);
    expect(recorded.isGraph).toBe(false);
  } finally {
    await tf.setBackend('tensorflow');
  }
});
