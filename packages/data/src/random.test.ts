import { Problem } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, SEEDS } from './random.ts';

const seed = fc.integer({ min: 0, max: SEEDS - 1 });

test('the generator is xoshiro128**: from the state 1, 2, 3, 4 come the words of its reference code', () => {
  const random = createRandom(0, [1, 2, 3, 4]);
  const words = Array.from({ length: 10 }, () => random.next() * SEEDS);
  expect(words).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

test('the numbers of a seed never change', () => {
  const random = createRandom(42);
  const drawn = [random.next(), random.whole(1000), random.normal(), ...random.shuffle([0, 1, 2, 3, 4, 5])];
  expect(drawn).toEqual([0.15377165307290852, 732, 0.0939946153109954, 0, 4, 5, 3, 1, 2]);
});

test('every number is in [0, 1), every whole number in its range', () => {
  fc.assert(
    fc.property(seed, fc.integer({ min: 1, max: SEEDS }), (seed, n) => {
      const random = createRandom(seed);
      const number = random.next();
      const whole = random.whole(n);
      return number >= 0 && number < 1 && Number.isInteger(whole) && whole >= 0 && whole < n;
    }),
  );
});

test('a state goes on where it was taken, whatever was drawn before', () => {
  fc.assert(
    fc.property(seed, fc.array(fc.constantFrom('next', 'whole', 'normal', 'shuffle')), (seed, calls) => {
      const random = createRandom(seed);
      for (const call of calls) {
        if (call === 'whole') random.whole(7);
        else if (call === 'shuffle') random.shuffle([1, 2, 3]);
        else random[call as 'next' | 'normal']();
      }
      const resumed = createRandom(0, random.state());
      expect([resumed.next(), resumed.normal(), resumed.whole(9)]).toEqual([
        random.next(),
        random.normal(),
        random.whole(9),
      ]);
    }),
  );
});

test('neighbouring seeds have nothing in common', () => {
  const streams = Array.from({ length: 100 }, (_, seed) => createRandom(seed).next());
  const mean = streams.reduce((sum, number) => sum + number, 0) / 100;
  expect(new Set(streams).size).toBe(100);
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.1);
});

test('a shuffle keeps the elements, in arrays and typed arrays alike', () => {
  fc.assert(
    fc.property(seed, fc.array(fc.nat()), (seed, elements) => {
      const array = createRandom(seed).shuffle([...elements]);
      const typed = createRandom(seed).shuffle(Uint32Array.from(elements));
      expect([...typed]).toEqual(array);
      expect(array.toSorted()).toEqual(elements.toSorted());
    }),
  );
});

test('every order of a shuffle is equally likely', () => {
  const random = createRandom(3);
  const orders = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = random.shuffle([1, 2, 3, 4]).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect(orders.size).toBe(24);
  // 1,000 of each are expected, with a standard deviation of 31.
  for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(155);
});

test('whole numbers are equally likely, even where 2³² is no multiple of their number', () => {
  const random = createRandom(4);
  const n = 3 * 2 ** 30;
  let low = 0;
  // Without drawing again, the lowest third would come half of the time.
  for (let i = 0; i < 30_000; i++) if (random.whole(n) < 2 ** 30) low++;
  expect(Math.abs(low - 10_000)).toBeLessThan(410);
});

test('normal numbers have the moments of a normal distribution', () => {
  const random = createRandom(5);
  const numbers = Array.from({ length: 200_000 }, () => random.normal());
  const moment = (power: number) => numbers.reduce((sum, x) => sum + x ** power, 0) / numbers.length;
  expect(moment(1)).toBeCloseTo(0, 1);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
  expect(Math.abs(moment(3))).toBeLessThan(0.05);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
  expect(numbers.filter((x) => Math.abs(x) < 1).length / numbers.length).toBeCloseTo(0.6827, 2);
});

test.each([-1, 0.5, Number.NaN, SEEDS])('%s is no seed', (seed) => {
  expect(() => createRandom(seed)).toThrow(Problem);
  expect(() => createRandom(seed)).toThrow(`A seed is a whole number from 0 to 4294967295; ${seed} is not.`);
});

test.each([
  [[]],
  [[1, 2, 3]],
  [[1, 2, 3, 4, 5]],
  [[0, 0, 0, 0]],
  [[1, 2, 3, -4]],
  [[1, 2, 3, SEEDS]],
  [[1, 2, 3, 0.5]],
])('%j is no state', (state) => {
  expect(() => createRandom(0, state)).toThrow(Problem);
  expect(() => createRandom(0, state)).toThrow(`found [${state.join(', ')}]`);
});

test.each([0, -1, 1.5, Number.NaN, SEEDS + 1])('whole(%s) is refused', (n) => {
  expect(() => createRandom(0).whole(n)).toThrow(RangeError);
});

test('restored to an earlier state, it says again what it said then; a state that is none is refused', () => {
  const random = createRandom(3);
  const state = random.state();
  const said = [random.next(), random.whole(10), random.normal()];
  random.restore(state);
  expect([random.next(), random.whole(10), random.normal()]).toEqual(said);
  expect(() => random.restore([1, 2, 3])).toThrow(/A random state is four whole numbers/);
});
