import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { shown, writeWhole } from '@mnist-edge/command';
import { type Bundle, Problem } from '@mnist-edge/recognizer';
import * as v from 'valibot';
import { scoreSchema } from '../score.ts';

const seedRunSchema = v.object({
  seed: v.number(),
  validation: scoreSchema,
  /** Read once, after training. */
  test: scoreSchema,
  /** Of training and validation. */
  seconds: v.number(),
  machine: v.string(),
  /** SHA-256 of its weights.bin. */
  weights: v.string(),
});

const fileSchema = v.object({
  /** What all the runs share: the bundle's config without its seed. */
  recipe: v.record(v.string(), v.unknown()),
  runs: v.array(seedRunSchema),
});

/** What a bundle's recipe came to with one seed. */
export type SeedRun = v.InferOutput<typeof seedRunSchema>;

/** Beside `bundle.json`; it says nothing that running the model needs, and so is not in the bundle's list of files. */
const NAME = 'seeds.json';

/** A bundle's config without its seed. */
export function recipeOf(bundle: Bundle): Record<string, unknown> {
  const { seed: _, ...recipe } = bundle.training.config;
  return recipe;
}

/**
 * The runs of a bundle's recipe, its own among them, by seed. What the file beside it says of another recipe, that of an
 * earlier version of the model, is left out.
 * @throws {Problem} when the file is damaged
 */
export async function readSeedRuns(folder: string, bundle: Bundle): Promise<SeedRun[]> {
  const { training, metrics } = bundle;
  const own = {
    seed: training.seed,
    ...metrics,
    seconds: training.seconds,
    machine: training.machine,
    weights: bundle.files['tfjs/weights.bin']?.sha256 ?? '',
  };
  const path = join(folder, NAME);
  if (!existsSync(path)) return [own];
  const { recipe, runs } = parse(await readFile(path, 'utf8'), shown(path));
  const others = isDeepStrictEqual(recipe, recipeOf(bundle)) ? runs : [];
  return [own, ...others.filter(({ seed }) => seed !== own.seed)].sort((a, b) => a.seed - b.seed);
}

export async function writeSeedRuns(folder: string, bundle: Bundle, runs: readonly SeedRun[]): Promise<void> {
  await writeWhole(join(folder, NAME), `${JSON.stringify({ recipe: recipeOf(bundle), runs }, null, 2)}\n`);
}

function parse(text: string, from: string): v.InferOutput<typeof fileSchema> {
  try {
    return v.parse(fileSchema, JSON.parse(text));
  } catch (error) {
    throw new Problem(
      `${from} is damaged: ${error instanceof Error ? error.message : error}. Delete it, and measure again: ` +
        'npx nx run trainer:seeds',
      { cause: error },
    );
  }
}
