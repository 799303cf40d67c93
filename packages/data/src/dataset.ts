import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { artifacts, describeSystemError, shown } from '@mnist-edge/command';
import { PIXELS, Problem, SIDE } from '@mnist-edge/recognizer';
import * as v from 'valibot';

/** The three splits. `test` is read once, after training, to report; no decision looks at it. */
export const splitNames = ['train', 'validation', 'test'] as const;

export type SplitName = (typeof splitNames)[number];

export interface Split {
  readonly count: number;
  /** `count` × 784 bytes, ink bright, row-major, one image after another. */
  readonly images: Uint8Array;
  /** `count` bytes: indices in the dataset's labels. */
  readonly labels: Uint8Array;
}

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits (a SHA-256)'));

/** `dataset.json`, version 1: all that is known about a dataset folder. */
export const datasetSchema = v.object({
  schemaVersion: v.literal(1, 'must be 1, the only schema version this build reads'),
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes')),
  description: v.string(),
  /** Rows, columns, channels of an image. */
  shape: v.strictTuple([v.literal(SIDE), v.literal(SIDE), v.literal(1)], `must be [${SIDE}, ${SIDE}, 1]`),
  /** Class names; a label is an index in this list. */
  labels: v.pipe(v.array(v.string()), v.minLength(2), v.maxLength(256)),
  counts: v.object({ train: whole, validation: whole, test: whole }),
  /** SHA-256 of each raw file, decompressed; empty for a dataset that was drawn rather than fetched. */
  rawFiles: v.record(v.string(), sha256Hex),
  /** Raised whenever the same raw files and seed would make other bytes, so that an older folder counts as outdated. */
  recipe: whole,
  /** Seed of the split of training and validation images, and of all else that was drawn. */
  splitSeed: whole,
  /** Mean of the training split's pixels, as 0..1. */
  mean: v.number(),
  /** Standard deviation of the training split's pixels, as 0..1. */
  standardDeviation: v.number(),
  /** SHA-256 of each split's file: pixels, then labels. */
  files: v.object({ 'train.bin': sha256Hex, 'validation.bin': sha256Hex, 'test.bin': sha256Hex }),
});

export type DatasetInfo = v.InferOutput<typeof datasetSchema>;

/** Where a dataset lies once prepared: `.artifacts/data/<name>`. */
export function datasetFolder(name: string): string {
  return artifacts('data', name);
}

/**
 * Reads and checks `dataset.json`.
 * @throws {Problem} when it is missing or broken, naming the command that makes it
 */
export async function readDatasetInfo(folder: string): Promise<DatasetInfo> {
  const path = join(folder, 'dataset.json');
  const json = parseJson((await readDatasetFile(path, folder)).toString('utf8'), path, folder);
  const result = v.safeParse(datasetSchema, json);
  if (!result.success) {
    const issue = result.issues[0];
    const field = v.getDotPath(issue);
    throw new Problem(`${shown(path)}${field === null ? '' : `: ${field}`}: ${issue.message}. ${remedy(folder)}`);
  }
  return result.output;
}

/**
 * Reads one split, checking its length, hash and labels.
 * @throws {Problem} when it is missing or not the split that was prepared, naming the command that makes it
 */
export async function readSplit(folder: string, name: SplitName): Promise<Split> {
  const info = await readDatasetInfo(folder);
  const path = join(folder, `${name}.bin`);
  const bytes = await readDatasetFile(path, folder);
  const count = info.counts[name];
  if (bytes.length !== count * (PIXELS + 1)) {
    throw new Problem(
      `${shown(path)} is not the file that was prepared: expected ${count * (PIXELS + 1)} bytes (${count} images of ` +
        `${PIXELS} pixels and a label each), found ${bytes.length}. ${remedy(folder)}`,
    );
  }
  const found = sha256(bytes);
  if (found !== info.files[`${name}.bin`]) {
    throw new Problem(
      `${shown(path)} is not the file that was prepared: expected SHA-256 ${info.files[`${name}.bin`]}, found ${found}. ` +
        remedy(folder),
    );
  }
  const labels = bytes.subarray(count * PIXELS);
  const stray = labels.find((label) => label >= info.labels.length);
  if (stray !== undefined) {
    throw new Problem(
      `${shown(path)} holds the label ${stray}, and there are only ${info.labels.length} classes. ${remedy(folder)}`,
    );
  }
  return { count, images: bytes.subarray(0, count * PIXELS), labels };
}

/**
 * What the folder holds, if it is a dataset with these facts and none of its files has changed since it was written;
 * else null.
 */
export async function intact(folder: string, facts: Partial<DatasetInfo>): Promise<DatasetInfo | null> {
  try {
    const info = await readDatasetInfo(folder);
    if (!isDeepStrictEqual({ ...info, ...facts }, info)) return null;
    for (const name of splitNames) await readSplit(folder, name);
    return info;
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** A dataset's size in words. */
export function summary({ counts }: DatasetInfo): string {
  const [train, validation, test] = splitNames.map((name) => counts[name].toLocaleString('en-US'));
  return `${train} images to train on, ${validation} to validate, ${test} to test`;
}

/** SHA-256 as 64 lower-case hex digits. */
export function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

async function readDatasetFile(path: string, folder: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Problem(`${shown(path)} is not there: the dataset is not prepared. ${remedy(folder)}`, {
        cause: error,
      });
    }
    throw describeSystemError(error, `reading ${shown(path)}`);
  }
}

function parseJson(text: string, path: string, folder: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(`${shown(path)} is not JSON: ${String(error)}. ${remedy(folder)}`, { cause: error });
  }
}

function remedy(folder: string): string {
  const name = basename(folder);
  // Nx knows nothing of a folder outside .artifacts, and would call an earlier run's good enough.
  const where = folder === datasetFolder(name) ? `--dataset=${name}` : `--out=${folder} --skip-nx-cache`;
  return `Prepare it: npx nx run data:prepare ${where}`;
}
