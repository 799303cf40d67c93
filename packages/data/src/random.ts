import { Problem } from '@mnist-edge/recognizer';

/**
 * Random numbers that follow from a seed alone. Only integer and IEEE-754 basic arithmetic is used, so they are the
 * same on every machine and in every engine.
 */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2⁻³². */
  next(): number;
  /** A whole number from 0 to n − 1, each equally likely; n from 1 to 2³². */
  whole(n: number): number;
  /** Normally distributed, mean 0, standard deviation 1. */
  normal(): number;
  /** Shuffles in place (Fisher-Yates): every order is equally likely. Returns the array it was given. */
  shuffle<T extends number[] | Uint32Array>(array: T): T;
  /** The generator's state: `createRandom(seed, state)` goes on from here. */
  state(): number[];
  /**
   * Goes on from an earlier `state()`.
   * @throws {Problem} when it cannot be one
   */
  restore(state: readonly number[]): void;
}

/** One more than the highest seed. */
export const SEEDS = 2 ** 32;

/**
 * xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c), seeded by splitmix32.
 * @param seed a whole number from 0 to 2³² − 1
 * @param state four words from an earlier `state()`; the seed is then not used
 * @throws {Problem} when the seed or the state cannot be one
 */
export function createRandom(seed: number, state?: readonly number[]): Random {
  let [a, b, c, d] = state === undefined ? seeded(seed) : checked(state);

  function word(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  }

  function whole(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > SEEDS) {
      throw new RangeError(`whole(n) needs a whole n from 1 to ${SEEDS}; it was given ${n}.`);
    }
    // The words above the last multiple of n would make the low results likelier; they are drawn again.
    const limit = SEEDS - (SEEDS % n);
    let drawn = word();
    while (drawn >= limit) drawn = word();
    return drawn % n;
  }

  const next = () => word() / SEEDS;

  return {
    next,
    whole,
    // Marsaglia's polar method. The second number of a pair is not kept, so that four words are the whole state.
    normal() {
      for (;;) {
        const x = 2 * next() - 1;
        const y = 2 * next() - 1;
        const square = x * x + y * y;
        if (square > 0 && square < 1) return x * Math.sqrt((-2 * logarithm(square)) / square);
      }
    },
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = whole(i + 1);
        const held = array[i]!;
        array[i] = array[j]!;
        array[j] = held;
      }
      return array;
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
    restore(earlier) {
      [a, b, c, d] = checked(earlier);
    },
  };
}

type State = [number, number, number, number];

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** splitmix32: a counter of golden-ratio steps through the mixer of https://github.com/skeeto/hash-prospector. */
function seeded(seed: number): State {
  if (!Number.isInteger(seed) || seed < 0 || seed >= SEEDS) {
    throw new Problem(`A seed is a whole number from 0 to ${SEEDS - 1}; ${seed} is not. Choose another.`);
  }
  let counter = seed;
  function word(): number {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = counter ^ (counter >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  }
  return [word(), word(), word(), word()];
}

function checked(state: readonly number[]): State {
  const words = state.every((word) => Number.isInteger(word) && word >= 0 && word < SEEDS);
  if (state.length !== 4 || !words || state.every((word) => word === 0)) {
    throw new Problem(
      `A random state is four whole numbers from 0 to ${SEEDS - 1}, not all 0; found [${state.join(', ')}]. ` +
        'Start again from a seed.',
    );
  }
  return [state[0]!, state[1]!, state[2]!, state[3]!];
}

/**
 * Natural logarithm of a number in (0, 1), by ln m = 2 artanh((m − 1) / (m + 1)) with m brought near 1.
 * Math.log is not used because its last bit may differ between engines.
 */
function logarithm(x: number): number {
  let halvings = 0;
  let near = x;
  while (near < Math.SQRT1_2) {
    near *= 2;
    halvings++;
  }
  const z = (near - 1) / (near + 1);
  const square = z * z;
  let sum = 0;
  // |z| ≤ 0.172, so the first term left out is below 1e-18.
  for (let power = 23; power >= 1; power -= 2) sum = sum * square + 1 / power;
  return 2 * z * sum - halvings * Math.LN2;
}
