import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFolder } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import * as v from 'valibot';
import type { TrainingState } from './epochs.ts';
import type { Score } from './score.ts';

/** The epoch of a run so far whose weights are kept: the best one or the last, as its config says. */
export interface Best {
  readonly epoch: number;
  readonly validation: Score;
  /** Flat, as `readWeights` gives them. */
  readonly weights: Float32Array;
}

/** A run after an epoch: enough to go on from, and to make its model of. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly best: Best;
  /** That training and validation took so far. */
  readonly seconds: number;
}

/** How many of the newest checkpoints are kept: one more than is needed, should the disk lose the last. */
const KEPT = 2;

const score = v.object({ images: v.number(), accuracy: v.number(), loss: v.number() });
const header = v.object({
  epoch: v.number(),
  random: v.array(v.number()),
  step: v.number(),
  seconds: v.number(),
  best: v.object({ epoch: v.number(), validation: score }),
  /** Lengths of the vectors in state.bin, in their order. */
  lengths: v.object({ weights: v.number(), slots: v.array(v.number()), average: v.number(), best: v.number() }),
});

function name(epoch: number): string {
  return `epoch-${String(epoch).padStart(5, '0')}`;
}

/**
 * Writes a checkpoint to `folder/epoch-<n>` and removes old ones, and drafts that a killed process left. It appears whole or not at all, whenever the
 * process is killed: the name is new, so one rename puts it there.
 */
export async function writeCheckpoint(folder: string, { state, best, seconds }: Checkpoint): Promise<void> {
  const { optimizer, average } = state;
  const vectors = [state.weights, ...optimizer.slots, average ?? new Float32Array(0), best.weights];
  const json: v.InferOutput<typeof header> = {
    epoch: state.epoch,
    random: [...state.random],
    step: optimizer.step,
    seconds,
    best: { epoch: best.epoch, validation: best.validation },
    lengths: {
      weights: state.weights.length,
      slots: optimizer.slots.map((slot) => slot.length),
      average: average?.length ?? 0,
      best: best.weights.length,
    },
  };
  await writeFolder(join(folder, name(state.epoch)), async (draft) => {
    const bytes = vectors.map((vector) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
    await writeFile(join(draft, 'state.bin'), Buffer.concat(bytes));
    await writeFile(join(draft, 'checkpoint.json'), `${JSON.stringify(json, null, 2)}\n`);
  });
  const drafts = (await readdir(folder)).filter((entry) => entry.startsWith('.'));
  const old = (await epochs(folder)).slice(KEPT).map(name);
  for (const entry of [...old, ...drafts]) await rm(join(folder, entry), { recursive: true });
}

/**
 * The newest checkpoint in a folder, or null when there is none.
 * @throws {Problem} when it is damaged
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint | null> {
  const [newest] = await epochs(folder);
  if (newest === undefined) return null;
  const path = join(folder, name(newest));
  try {
    const json = v.parse(header, JSON.parse(await readFile(join(path, 'checkpoint.json'), 'utf8')));
    const { buffer } = new Uint8Array(await readFile(join(path, 'state.bin')));
    const { lengths } = json;
    const sizes = [lengths.weights, ...lengths.slots, lengths.average, lengths.best];
    const total = sizes.reduce((a, b) => a + b, 0);
    if (buffer.byteLength !== 4 * total)
      throw new Error(`state.bin has ${buffer.byteLength} bytes instead of ${4 * total}`);
    let at = 0;
    const vectors = sizes.map((size) => {
      const vector = new Float32Array(buffer, at, size).slice();
      at += 4 * size;
      return vector;
    });
    const slots = vectors.slice(1, 1 + lengths.slots.length);
    const [average, best] = vectors.slice(1 + lengths.slots.length);
    return {
      state: {
        epoch: json.epoch,
        random: json.random,
        weights: vectors[0]!,
        optimizer: { step: json.step, slots },
        average: lengths.average === 0 ? null : average!,
      },
      best: { ...json.best, weights: best! },
      seconds: json.seconds,
    };
  } catch (error) {
    throw new Problem(
      `The checkpoint ${path} is damaged: ${error instanceof Error ? error.message : error}. Remove that folder to go on ` +
        'from the one before, then run the same command again.',
      { cause: error },
    );
  }
}

/** Epochs that there are checkpoints of, newest first. */
async function epochs(folder: string): Promise<number[]> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .map((entry) => /^epoch-(\d+)$/.exec(entry)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => b - a);
}
