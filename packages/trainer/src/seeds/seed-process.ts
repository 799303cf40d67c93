import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import type { EpochReport } from '../epochs.ts';
import type { RunRequest } from '../train-run.ts';
import type { SeedRun } from './seeds-file.ts';

/** What a process is to train; a run of the same config that was stopped is gone on with. */
export type SeedJob = Pick<RunRequest, 'config' | 'dataset' | 'folder'>;

/** An epoch that ended. */
export type SeedEpoch = Pick<EpochReport, 'epoch' | 'validation'>;

/** What such a process says to its parent. */
export type Said =
  | { readonly kind: 'epoch'; readonly epoch: SeedEpoch }
  /** The last; null when it was told to stop. */
  | { readonly kind: 'ended'; readonly run: SeedRun | null }
  /** The last, in place of an end: what a person is to be told. */
  | { readonly kind: 'problem'; readonly message: string };

/**
 * Trains a seed in a process of its own, which ends with the epoch's checkpoint behind it when this one ends.
 * @returns null when it was told to stop
 * @throws {Problem} as `trainRun`, and when the process was killed
 */
export async function trainApart(
  job: SeedJob,
  { signal, onEpoch }: { readonly signal: AbortSignal; readonly onEpoch: (epoch: SeedEpoch) => void },
): Promise<SeedRun | null> {
  const child = fork(join(import.meta.dirname, 'seed-main.ts'), [JSON.stringify(job)], {
    // The flags of this process, which may be a test runner's, are nothing to that one.
    execArgv: ['--import', 'tsx'],
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = () => {
    if (child.connected) child.send('stop');
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await ending(child, job.config.seed, onEpoch);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function ending(child: ChildProcess, seed: number, onEpoch: (epoch: SeedEpoch) => void): Promise<SeedRun | null> {
  return new Promise((resolve, reject) => {
    let last: Exclude<Said, { kind: 'epoch' }> | undefined;
    child.on('message', (said: Said) => {
      if (said.kind === 'epoch') onEpoch(said.epoch);
      else last = said;
    });
    child.on('error', reject);
    // Not 'exit', which may come before the last words.
    child.on('close', (code, by) => {
      if (last?.kind === 'ended') resolve(last.run);
      else if (last?.kind === 'problem') reject(new Problem(`Seed ${seed}: ${last.message}`));
      else reject(new Problem(died(seed, by ?? `exit code ${code}`)));
    });
  });
}

function died(seed: number, how: string): string {
  const memory = how === 'SIGKILL' ? ' The system does that when memory runs out: fewer at once take less.' : '';
  return `Seed ${seed}: its process ended with ${how}.${memory} The same command goes on with it.`;
}
