import { existsSync } from 'node:fs';
import { ask, type Environment } from './child.ts';

/** The names of the NVIDIA GPUs whose driver answers; empty when there is none. */
export function findGpus(env: Environment): readonly string[] {
  // The driver's own folder tells when its tool is not installed, as in many containers.
  const unnamed = existsSync('/proc/driver/nvidia/version') ? ['NVIDIA GPU'] : [];
  const answer = ask('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], env);
  return answer === null ? unnamed : answer.split('\n').filter((name) => name.trim() !== '');
}
