import { Problem } from '@mnist-edge/recognizer';
import type { Architecture } from './architecture.ts';
import { edge } from './edge.ts';
import { kerasTutorial } from './keras-tutorial.ts';

/** Every network that `--model` names. */
export const architectures: readonly Architecture[] = [edge, kerasTutorial];

/** @throws {Problem} when there is no network of that name, listing those that there are */
export function findArchitecture(name: string): Architecture {
  const found = architectures.find((architecture) => architecture.name === name);
  if (found === undefined) {
    const names = architectures.map((architecture) => architecture.name).join(', ');
    throw new Problem(`There is no model "${name}". The models are: ${names}.`);
  }
  return found;
}
