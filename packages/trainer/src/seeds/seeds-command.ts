import { resolve } from 'node:path';
import { command, percent, shown, startProgress, whole, workspaceRoot } from '@mnist-edge/command';
import { datasetFolder } from '@mnist-edge/data';
import type { Command } from 'commander';
import type { Output } from '../command-line.ts';
import { parseConfig } from '../config.ts';
import { readBundle } from '../fine-tune/source.ts';
import { runFolder } from '../run-folder.ts';
import { readSeedRuns, type SeedRun, writeSeedRuns } from './seeds-file.ts';
import { seedSpread } from './spread.ts';
import { trainSeeds } from './train-seeds.ts';

interface Options {
  readonly model: string;
  readonly seeds: number;
  readonly atOnce: number;
}

/** `trainer:seeds`. Sets the process's exit code to 130 when it was interrupted. */
export function seedsCommand(output: Output, signal: AbortSignal): Command {
  return command(
    'seeds',
    'Trains the recipe of a released model with other seeds too, and writes to its folder what came of each.',
  )
    .option('--model <folder>', 'a model bundle, from the checkout’s root', 'models/digits')
    .option(
      '--seeds <n>',
      'seeds from 1 to this; those that are known already are not trained again',
      whole(1, 1000),
      10,
    )
    .option(
      '--at-once <n>',
      'how many train at the same time, each in a process of its own: on a GPU, which one run leaves idle for the most part, as ' +
        'many as its memory and the processor have room for',
      whole(1, 64),
      1,
    )
    .addHelpText(
      'after',
      '\nThe same command again goes on where it was stopped. robustness:card puts the figures in the card.',
    )
    .action((options: Options) => overSeeds(options, output, signal));
}

async function overSeeds({ model, seeds, atOnce }: Options, output: Output, signal: AbortSignal): Promise<void> {
  const folder = resolve(workspaceRoot, model);
  const bundle = await readBundle(`--model ${model}`, folder);
  const recipe = parseConfig(bundle.training.config, `${shown(folder)}/bundle.json: training.config`);
  let runs = await readSeedRuns(folder, bundle);
  const missing = Array.from({ length: seeds }, (_, i) => i + 1).filter((n) => !runs.some(({ seed }) => seed === n));
  if (missing.length > 0) {
    const epochs = new Map<number, number>();
    const showProgress = () => startProgress('epochs', missing.length * recipe.epochs);
    let progress = showProgress();
    const update = (seed: number, epoch: number, note: string) => {
      epochs.set(seed, epoch);
      const done = [...epochs.values()].reduce((sum, one) => sum + one, 0);
      progress.update(done, `seed ${seed}, epoch ${epoch}: ${note}`);
    };
    const finished = await trainSeeds({
      jobs: missing.map((seed) => ({
        config: { ...recipe, seed },
        dataset: datasetFolder(recipe.dataset),
        folder: runFolder(`${bundle.name}-seed-${seed}`),
      })),
      atOnce,
      signal,
      onEpoch: (seed, { epoch, validation }) => update(seed, epoch, `validation ${percent(validation.accuracy)}`),
      onRun: async (run) => {
        runs = [...runs, run].sort((a, b) => a.seed - b.seed);
        await writeSeedRuns(folder, bundle, runs);
        // The line has a place of its own, above a new bar.
        progress.stop();
        output.print(describe(run));
        progress = showProgress();
        update(run.seed, recipe.epochs, 'done');
      },
    }).finally(() => progress.stop());
    if (!finished) {
      output.print('Interrupted. The same command goes on with it.');
      process.exitCode = 130;
    }
  }
  for (const split of ['validation', 'test'] as const) output.print(`${split}: ${describeSpread(runs, split)}`);
}

function describe({ seed, validation, test, seconds }: SeedRun): string {
  return `seed ${seed}: validation ${percent(validation.accuracy)}, test ${percent(test.accuracy)}, ${Math.round(seconds)} s`;
}

function describeSpread(runs: readonly SeedRun[], split: 'validation' | 'test'): string {
  const { count, mean, deviation, median, lowest, highest } = seedSpread(runs.map((run) => run[split].accuracy));
  const range = `median ${percent(median)}, ${percent(lowest)} to ${percent(highest)}`;
  return `mean ${percent(mean, 3)} over ${count} seeds, standard deviation ${percent(deviation, 3)}; ${range}`;
}
