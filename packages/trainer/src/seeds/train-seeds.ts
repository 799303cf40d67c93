import { type SeedEpoch, type SeedJob, trainApart } from './seed-process.ts';
import type { SeedRun } from './seeds-file.ts';

export interface SeedsRequest {
  readonly jobs: readonly SeedJob[];
  /** How many train at the same time, each in a process of its own. */
  readonly atOnce: number;
  /** When it aborts, each ends after the step that is running. */
  readonly signal: AbortSignal;
  readonly onEpoch: (seed: number, epoch: SeedEpoch) => void;
  /** One at a time, in the order in which they end. */
  readonly onRun: (run: SeedRun) => Promise<void>;
}

/**
 * Trains a recipe's seeds, some at the same time; the next one begins when one ends. Where one fails, the others end in
 * good order first.
 * @returns whether all came to their end; false when they were interrupted
 * @throws {Problem} as `trainRun`, and when a process was killed
 */
export async function trainSeeds({ jobs, atOnce, signal, onEpoch, onRun }: SeedsRequest): Promise<boolean> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const waiting = [...jobs];
  let finished = 0;
  let told = Promise.resolve();

  async function trainInTurn(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined && !stop.aborted; job = waiting.shift()) {
      const { seed } = job.config;
      const run = await trainApart(job, { signal: stop, onEpoch: (epoch) => onEpoch(seed, epoch) });
      if (run === null) return;
      finished++;
      told = told.then(() => onRun(run));
      await told;
    }
  }

  const turns = Array.from({ length: atOnce }, () =>
    trainInTurn().catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const broken = (await Promise.allSettled(turns)).find((turn) => turn.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return finished === jobs.length;
}
