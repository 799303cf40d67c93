import { Problem } from '@mnist-edge/recognizer';
import type { Architecture } from './architecture.ts';
import { edge } from './edge.ts';
import { edgeFast } from './edge-fast.ts';
import { edgeFlat } from './edge-flat.ts';
import { edgeMax } from './edge-max.ts';
import { edgeNano } from './edge-nano.ts';
import { kerasTutorial } from './keras-tutorial.ts';
import { lenet5 } from './lenet5.ts';
import { mlp } from './mlp.ts';
import { rnn } from './rnn.ts';
import { transformer } from './transformer.ts';

/** Every network that `--model` names. */
export const architectures: readonly Architecture[] = [
  edge,
  edgeFast,
  edgeFlat,
  edgeMax,
  edgeNano,
  kerasTutorial,
  lenet5,
  mlp,
  rnn,
  transformer,
];

/** @throws {Problem} when there is no network of that name, listing those that there are */
export function findArchitecture(name: string): Architecture {
  const found = architectures.find((architecture) => architecture.name === name);
  if (found === undefined) {
    const names = architectures.map((architecture) => architecture.name).join(', ');
    throw new Problem(`There is no model "${name}". The models are: ${names}.`);
  }
  return found;
}
