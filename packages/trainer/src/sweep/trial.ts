import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeWhole } from '@mnist-edge/command';
import { askedFor, type TrainConfig } from '../config.ts';
import { files, readConfig } from '../run-folder.ts';
import { type RunRequest, type Trained, trainUntested } from '../train-run.ts';

/**
 * True where a run of few epochs is the beginning of the same run of more: when no step depends on how many are planned.
 * The constant schedule is so; `cosine` and `one-cycle` spread their whole course over the epochs that are planned.
 */
export function canGoOn({ schedule }: Pick<TrainConfig, 'schedule'>): boolean {
  return schedule === 'constant';
}

/**
 * Trains a trial to the epochs of its config: from the checkpoint that its folder has, of this rung or, where
 * `canGoOn`, of an earlier one; otherwise anew. The test images are not read.
 * @throws {Problem} as `trainRun`
 */
export async function trainTrial(request: Omit<RunRequest, 'resume'>): Promise<Omit<Trained, 'model'>> {
  const { config, folder } = request;
  const own = existsSync(join(folder, files.config)) ? await readConfig(folder) : null;
  const { model, ...trained } = await (own !== null && isDeepStrictEqual(kept(own), kept(config))
    ? goOn(request, { ...own, epochs: config.epochs })
    : trainUntested(request));
  model.dispose();
  // What the run before it came to is in the sweep's results.
  await rm(`${folder}.previous`, { recursive: true, force: true });
  return trained;
}

async function goOn(request: Omit<RunRequest, 'resume'>, config: TrainConfig): Promise<Trained> {
  await writeWhole(join(request.folder, files.config), `${JSON.stringify(config, null, 2)}\n`);
  return trainUntested({ ...request, config, resume: true });
}

/** What must be the same for a run to go on. */
function kept(config: TrainConfig): object {
  const { epochs, ...rest } = askedFor(config);
  return canGoOn(config) ? rest : { ...rest, epochs };
}
