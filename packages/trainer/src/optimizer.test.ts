import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { Optimizer } from './optimizer.ts';

beforeAll(async () => {
  expect(await startBackend()).toMatchObject({ name: 'tensorflow' });
});

const start = [0.5, -2, 0.001];

/** Adam as Kingma & Ba wrote it down, in JavaScript's doubles, on w ↦ Σ (w − 1)⁴ / 4. */
function adam(steps: number, rate: number, decay: number): number[] {
  return start.map((initial) => {
    let [w, mean, squares] = [initial, 0, 0];
    for (let step = 1; step <= steps; step++) {
      const gradient = (w - 1) ** 3;
      w *= 1 - rate * decay;
      mean = 0.9 * mean + 0.1 * gradient;
      squares = 0.999 * squares + 0.001 * gradient ** 2;
      const corrected = (rate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
      w -= (corrected * mean) / (Math.sqrt(squares) + 1e-7);
    }
    return w;
  });
}

/** As a kernel and as a bias, since decay tells them apart. */
function variables(): [tf.Variable, tf.Variable] {
  return [tf.variable(tf.tensor2d(start, [1, 3])), tf.variable(tf.tensor1d(start))];
}

const loss = (weights: readonly tf.Variable[]) => (): tf.Scalar =>
  tf.addN(weights.map((w) => w.sub(1).pow(4).sum())).div<tf.Scalar>(4);

/** A step down the gradient of `loss`. */
function minimize(optimizer: Optimizer, weights: tf.Variable[]): void {
  const { value, grads } = tf.variableGrads(loss(weights), weights);
  optimizer.apply(
    weights.map(({ name }) => grads[name]!),
    0.05,
  );
  tf.dispose([value, grads]);
}

function close(found: tf.Tensor, wanted: readonly number[]): void {
  Array.from(found.dataSync()).forEach((x, i) => {
    expect(x).toBeCloseTo(wanted[i]!, 4);
  });
}

test.each(['tensorflow', 'cpu'])('Adam and AdamW make the steps of their definition, on %s', async (backend) => {
  await tf.setBackend(backend);
  try {
    for (const [optimizer, decay] of [
      ['adam', 0],
      ['adamw', 0.01],
    ] as const) {
      const weights = variables();
      const own = new Optimizer({ optimizer, clipNorm: 0 }, weights);
      for (let step = 0; step < 20; step++) minimize(own, weights);
      close(weights[0], adam(20, 0.05, decay));
      close(weights[1], adam(20, 0.05, 0));
    }
  } finally {
    await tf.setBackend('tensorflow');
  }
});

/** SGD with momentum and decay as PyTorch's documentation writes it down, on the same function. */
function sgd(steps: number, rate: number, decay: number): number[] {
  return start.map((initial) => {
    let [w, velocity] = [initial, 0];
    for (let step = 1; step <= steps; step++) {
      velocity = 0.9 * velocity + (w - 1) ** 3 + decay * w;
      w -= rate * velocity;
    }
    return w;
  });
}

test.each([
  ['sgd', undefined, sgd(20, 0.05, 0), sgd(20, 0.05, 0)],
  ['sgd', 0.2, sgd(20, 0.05, 0.2), sgd(20, 0.05, 0)],
  ['adamw', 0.3, adam(20, 0.05, 0.3), adam(20, 0.05, 0)],
  ['adamw', 0, adam(20, 0.05, 0), adam(20, 0.05, 0)],
] as const)('%s with a decay of %s, which is of the kernel alone', (optimizer, weightDecay, kernel, bias) => {
  const weights = variables();
  const own = new Optimizer({ optimizer, clipNorm: 0, ...(weightDecay !== undefined && { weightDecay }) }, weights);
  for (let step = 0; step < 20; step++) minimize(own, weights);
  close(weights[0], kernel);
  close(weights[1], bias);
});

test('a state taken down goes on as if it had never been', async () => {
  const [through, stopped] = [variables(), variables()];
  const one = new Optimizer({ optimizer: 'adam', clipNorm: 1 }, through);
  for (let step = 0; step < 10; step++) minimize(one, through);
  const first = new Optimizer({ optimizer: 'adam', clipNorm: 1 }, stopped);
  for (let step = 0; step < 4; step++) minimize(first, stopped);
  const state = await first.state();
  expect(state).toMatchObject({ step: 4, slots: [{ length: 6 }, { length: 6 }] });
  first.dispose();
  const second = new Optimizer({ optimizer: 'adam', clipNorm: 1 }, stopped, state);
  for (let step = 0; step < 6; step++) minimize(second, stopped);
  stopped.forEach((weight, i) => {
    expect(weight.dataSync()).toEqual(through[i]!.dataSync());
  });
});

test('weights that are put in between two steps are the ones that the next step moves', () => {
  const [weights, other] = [variables(), variables()];
  const own = new Optimizer({ optimizer: 'adam', clipNorm: 0 }, weights);
  const control = new Optimizer({ optimizer: 'adam', clipNorm: 0 }, other);
  for (let step = 0; step < 3; step++) {
    const saved = weights.map((weight) => weight.dataSync().slice());
    for (const weight of weights) weight.assign(tf.zeros(weight.shape));
    weights.forEach((weight, i) => {
      weight.assign(tf.tensor(saved[i]!, weight.shape));
    });
    minimize(own, weights);
    minimize(control, other);
  }
  expect(weights[1].dataSync()).toEqual(other[1].dataSync());
});

test('who holds on to the weights of before keeps them as they were', () => {
  const weights = variables();
  const optimizer = new Optimizer({ optimizer: 'adam', clipNorm: 0 }, weights);
  minimize(optimizer, weights);
  const held = weights.map((weight) => weight.clone());
  const then = weights.map((weight) => weight.dataSync().slice());
  for (let step = 0; step < 2; step++) minimize(optimizer, weights);
  weights.forEach((weight, i) => {
    expect(held[i]!.dataSync()).toEqual(then[i]);
    expect(weight.dataSync()).not.toEqual(then[i]);
  });
});

test('keeps no tensor behind', async () => {
  const weights = variables();
  const before = tf.memory().numTensors;
  const own = new Optimizer({ optimizer: 'adamw', clipNorm: 1 }, weights);
  for (let step = 0; step < 3; step++) minimize(own, weights);
  await own.state();
  own.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
