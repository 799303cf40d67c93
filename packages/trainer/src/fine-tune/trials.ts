import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../backend.ts';
import type { TrainConfig } from '../config.ts';
import { trainRun } from '../train-run.ts';
import { type Setting, type Trial, trialConfig } from './few-shot.ts';

export interface TrialsRequest {
  /** What all trials share; it names the trained weights. */
  readonly base: TrainConfig;
  readonly settings: readonly Setting[];
  /** Each setting is tried with each seed from 1 to this. */
  readonly seeds: number;
  /** A dataset folder. */
  readonly dataset: string;
  readonly backend: Backend;
  /** When it aborts, the trial that is running is given up and no other begins. */
  readonly signal?: AbortSignal;
}

/** Trains every setting with every seed, yielding each trial once it is over. The runs are not kept. */
export async function* runTrials(request: TrialsRequest): AsyncGenerator<Trial, void, undefined> {
  const { base, dataset, backend, signal } = request;
  const scratch = await mkdtemp(join(tmpdir(), 'mnist-edge-few-shot-'));
  const folder = join(scratch, 'run');
  try {
    for (const setting of request.settings) {
      for (let seed = 1; seed <= request.seeds; seed++) {
        const trial = { config: trialConfig(base, setting, seed), backend, dataset, folder };
        const { finished, validation, test } = await trainRun(signal === undefined ? trial : { ...trial, signal });
        if (!finished) return;
        yield { setting, seed, validation, test };
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
