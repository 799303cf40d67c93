import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classActivationMap } from './class-activation.ts';
import { Problem } from './problem.ts';
import type { OrtTensor } from './recognizer.ts';
import { PIXELS, SIDE } from './tensor.ts';

const tensor = (dims: readonly number[], at: (index: number) => number = () => 0): OrtTensor => ({
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, index) => at(index)),
});
const numbers = ({ data }: OrtTensor) => data as Float32Array;
const mean = (map: Float32Array) => map.reduce((a, b) => a + b, 0) / map.length;

/** What a net with these features, weights and biases gives. */
function logitsOf(features: OrtTensor, weights: OrtTensor, biases: readonly number[]): OrtTensor {
  const [values, factors] = [numbers(features), numbers(weights)];
  const given = weights.dims[0]!;
  const isFlat = given === values.length;
  const row = isFlat ? [...values] : new Array<number>(given).fill(0);
  if (!isFlat) for (const [at, value] of values.entries()) row[at % given]! += (value * given) / values.length;
  return tensor([1, biases.length], (label) =>
    row.reduce((sum, value, k) => sum + value * factors[k * biases.length + label]!, biases[label]!),
  );
}

/** A net of 4 × 4 places: the first channel sees ink, the second is on everywhere. Class 1 is ink, class 2 its opposite. */
function inkNet(inked: readonly number[]) {
  const features = tensor([1, 4, 4, 2], (at) => (at % 2 === 1 || inked.includes(at >> 1) ? 1 : 0));
  const weights = tensor([2, 3], (at) => [0, 8, -8, 0, 0, 0][at]!);
  return { features, weights, logits: logitsOf(features, weights, [0.5, -1, 3]) };
}

test.each([
  ['top left', 0, 0, 0],
  ['top right', 3, 21, 0],
  ['bottom left', 12, 0, 21],
  ['inside', 6, 14, 7],
])('all that speaks for a class is %s, and the map says so', (_, place, left, top) => {
  const { map } = classActivationMap(inkNet([place]), 1);
  const middle = map[(top + 3) * SIDE + left + 3];
  expect(middle).toBe(8);
  expect(Math.max(...map)).toBe(8);
  for (const [at, value] of map.entries()) {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    // The next places' middles are 7 pixels from this one's, and there is nothing there.
    const isFar = Math.abs(x - left - 3) >= 7 || Math.abs(y - top - 3) >= 7;
    expect(value === 0, `${x}, ${y}`).toBe(isFar);
  }
});

test('two digits in one frame: each class has its own half', () => {
  const features = tensor([1, 4, 4, 2], (at) => (at % 2 === (at % 8 < 4 ? 0 : 1) ? 1 : 0));
  const weights = tensor([2, 2], (at) => [1, 0, 0, 1][at]!);
  const logits = logitsOf(features, weights, [0, 0]);
  for (const [target, side] of [
    [0, 'left'],
    [1, 'right'],
  ] as const) {
    const { map } = classActivationMap({ features, weights, logits }, target);
    for (const at of map.keys()) {
      const x = at % SIDE;
      if (Math.abs(x - 13.5) > 4) expect(map[at], `${side}, ${x}`).toBe(x < 14 === (side === 'left') ? 1 : 0);
    }
  }
});

test('a class that the same speaks against has the opposite map; without a target it is the most likely one', () => {
  const net = inkNet([5, 6, 9, 10]);
  const pro = classActivationMap(net, 1);
  const contra = classActivationMap(net, 2);
  expect([...contra.map]).toEqual([...pro.map].map((value) => (value === 0 ? value : -value)));
  expect([pro.logit, contra.logit]).toEqual([1, 1]);
  expect(classActivationMap(inkNet([0, 1, 2, 3, 4])).target).toBe(1);
  expect(classActivationMap(inkNet([0])).target).toBe(2);
});

test('the mean of the map and the bias are the logit, whatever the net', () => {
  const number = fc.integer({ min: -100, max: 100 }).map((n) => n / 16);
  const nets = fc.record({
    side: fc.constantFrom(1, 2, 4, 7, 14, 28),
    channels: fc.integer({ min: 1, max: 5 }),
    isFlat: fc.boolean(),
    seeds: fc.array(number, { minLength: 3, maxLength: 3 }),
    biases: fc.array(number, { minLength: 2, maxLength: 4 }),
  });
  fc.assert(
    fc.property(nets, ({ side, channels, isFlat, seeds, biases }) => {
      const [a, b, c] = seeds as [number, number, number];
      const features = tensor([1, side, side, channels], (at) => Math.max(0, a * Math.sin(b * at + c)));
      const rows = isFlat ? side * side * channels : channels;
      const weights = tensor([rows, biases.length], (at) => Math.cos(c * at + a));
      const logits = logitsOf(features, weights, biases);
      for (const [target, bias] of biases.entries()) {
        const { logit, map } = classActivationMap({ features, weights, logits }, target);
        expect(map).toHaveLength(PIXELS);
        expect(logit).toBe(numbers(logits)[target]);
        expect(Math.abs(mean(map) + bias - logit)).toBeLessThan(1e-3 * Math.max(1, Math.abs(logit)));
      }
    }),
    { numRuns: 50 },
  );
});

test.each([
  [
    [1, 128],
    [128, 10],
  ],
  [
    [1, 16, 48],
    [48, 10],
  ],
  [
    [1, 48, 4, 4],
    [48, 10],
  ],
  [
    [1, 4, 4, 48],
    [48, 3],
  ],
])('features %j with weights %j have no map', (features, weights) => {
  const net = { features: tensor(features), weights: tensor(weights), logits: tensor([1, 10]) };
  expect(() => classActivationMap(net)).toThrow(/^This net has no class-activation map: .* Ask for an occlusion map/);
});

test('refuses a class that is not there, and what is no float32', () => {
  const net = inkNet([0]);
  expect(() => classActivationMap(net, 3)).toThrow(
    new Problem('target is 3; it must be the index of a class, from 0 to 2.'),
  );
  const whole = { ...net.features, data: new Uint8Array(32) };
  expect(() => classActivationMap({ ...net, features: whole })).toThrow(/something else than float32/);
});
