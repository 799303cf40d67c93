import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { shown } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import type * as tf from '@tensorflow/tfjs';
import type { TrainConfig } from '../config.ts';
import { readWeights, writeWeights } from '../weights.ts';
import { findSource } from './source.ts';
import { transfer } from './transfer.ts';

/** The weights that a run from trained weights began with, so that resuming it needs its source no more. */
const FILE = 'initial.bin';

/**
 * Gives a fresh net the trained weights that its config names. The head keeps its fresh ones unless the source tells the
 * very same classes apart, in the same order.
 * @param labels names of the dataset's classes
 * @returns the config with the SHA-256 of the weights
 * @throws {Problem} when the source cannot be read, is of another architecture, or is not the one that the config means
 */
export async function startFrom(
  config: TrainConfig,
  model: tf.LayersModel,
  labels: readonly string[],
): Promise<TrainConfig> {
  if (config.from === undefined) return config;
  const source = await findSource(config.from);
  if (source.architecture !== config.model) {
    throw new Problem(
      `--from ${source.name} is a net "${source.architecture}", and the run is to be a net "${config.model}": weights fit ` +
        `their own architecture alone. Choose --model ${source.architecture}, or start from a net "${config.model}".`,
    );
  }
  if (config.fromSha256 !== undefined && config.fromSha256 !== source.sha256) {
    throw new Problem(
      `${source.name} does not hold the weights that the config names: expected SHA-256 ${config.fromSha256}, found ` +
        `${source.sha256}. Put the old weights back, or say --from ${source.name} to start from those of now.`,
    );
  }
  const trained = await source.openModel();
  try {
    const from = { model: trained, name: `${source.name} (${source.architecture})` };
    transfer(from, { model, name: config.model }, isDeepStrictEqual(source.labels, labels));
  } finally {
    trained.dispose();
  }
  return { ...config, fromSha256: source.sha256 };
}

/** Keeps the weights that a net starts with in its run's folder. */
export async function writeInitial(folder: string, model: tf.LayersModel): Promise<void> {
  await writeFile(join(folder, FILE), new Uint8Array((await readWeights(model)).buffer));
}

/**
 * Gives a net the weights that `writeInitial` kept.
 * @throws {Problem} when they are missing or damaged
 */
export async function readInitial(folder: string, model: tf.LayersModel): Promise<void> {
  const path = join(folder, FILE);
  const expected = 4 * model.countParams();
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return new Uint8Array(0);
    throw error;
  });
  if (bytes.length !== expected) {
    throw new Problem(
      `${shown(path)} is damaged: it has ${bytes.length} bytes instead of ${expected}. Train the run again without --resume.`,
    );
  }
  writeWeights(model, new Float32Array(new Uint8Array(bytes).buffer));
}
