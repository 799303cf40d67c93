import { Problem } from './problem.ts';

/**
 * Which class an explanation is of.
 * @param logits of one image, `[classes]`
 * @param asked index of the class; the most likely one when left out
 * @throws {Problem} when there is no such class
 */
export function chooseTarget(logits: Float32Array, asked?: number): number {
  const target = asked ?? logits.indexOf(Math.max(...logits));
  if (Number.isInteger(target) && target >= 0 && target < logits.length) return target;
  throw new Problem(`target is ${target}; it must be the index of a class, from 0 to ${logits.length - 1}.`);
}
