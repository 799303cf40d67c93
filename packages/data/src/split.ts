import { createRandom } from './random.ts';

export interface Selection {
  /** Indices in the whole set, ascending. */
  readonly train: Uint32Array;
  /** Indices in the whole set, ascending; none of them is in `train`. */
  readonly validation: Uint32Array;
}

/**
 * Sets `validation` of `count` images aside, each set equally likely, the same for the same seed.
 * Both parts keep the order of the whole set.
 */
export function selectValidation(count: number, validation: number, seed: number): Selection {
  const order = createRandom(seed).shuffle(Uint32Array.from({ length: count }, (_, index) => index));
  return { validation: order.slice(0, validation).sort(), train: order.slice(validation).sort() };
}
