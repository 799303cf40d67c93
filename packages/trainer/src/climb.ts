import * as tf from '@tensorflow/tfjs';
import { flatten, layoutOf, unflatten } from './weights.ts';

/** Keeps the way up finite where the loss is flat. */
const EPSILON = 1e-12;

/**
 * Moves variables up the loss, as sharpness-aware minimization does before it takes the gradient that it steps by (Foret,
 * Kleiner, Mobahi and Neyshabur, ICLR 2021, arXiv:2010.01412): all of them together by one length.
 * @param gradients of the loss, in the order of the variables
 * @param distance how far, in the Euclidean norm over all variables
 */
export function climb(variables: readonly tf.Variable[], gradients: readonly tf.Tensor[], distance: number): void {
  tf.tidy(() => {
    const gradient = flatten(gradients);
    const way = gradient.mul<tf.Tensor1D>(tf.scalar(distance).div(gradient.norm().add(EPSILON)));
    unflatten(way, layoutOf(variables)).forEach((part, i) => {
      variables[i]!.assign(variables[i]!.add(part));
    });
  });
}

/** @returns what puts variables back to what they are now, bit for bit; to be called once */
export function hold(variables: readonly tf.Variable[]): () => void {
  const values = variables.map((variable) => variable.clone());
  return () => {
    values.forEach((value, i) => {
      variables[i]!.assign(value);
      value.dispose();
    });
  };
}
