import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { askedFor } from '../config.ts';
import { findSource } from '../fine-tune/source.ts';
import { files, type RunResult, readConfig, readRun } from '../run-folder.ts';
import { type RunRequest, trainRun } from '../train-run.ts';
import type { SeedRun } from './seeds-file.ts';

/**
 * Trains a recipe with one seed, or takes what its folder has: a run of the same config that ended is not made again, and one
 * that was stopped is gone on with.
 * @returns null when it was interrupted
 * @throws {Problem} as `trainRun`
 */
export async function seedRun(request: Omit<RunRequest, 'resume'>): Promise<SeedRun | null> {
  const { config, folder } = request;
  const result = await trained(request);
  if (!result.finished) return null;
  const { validation, test, seconds, machine } = result;
  const { sha256 } = await findSource(folder);
  return { seed: config.seed, validation, test, seconds, machine, weights: sha256 };
}

async function trained(request: Omit<RunRequest, 'resume'>): Promise<RunResult> {
  const { config, folder } = request;
  const started =
    existsSync(join(folder, files.config)) && isDeepStrictEqual(askedFor(await readConfig(folder)), askedFor(config));
  if (started && existsSync(join(folder, files.result))) {
    const { result } = await readRun(folder);
    if (result.finished) return result;
  }
  return trainRun({ ...request, resume: started });
}
