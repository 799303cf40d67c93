import { resolve } from 'node:path';
import { command, percent, shown, startProgress, whole, workspaceRoot } from '@mnist-edge/command';
import { datasetFolder } from '@mnist-edge/data';
import type { Command } from 'commander';
import { startBackend } from '../backend.ts';
import type { Output } from '../command-line.ts';
import { parseConfig } from '../config.ts';
import { readBundle } from '../fine-tune/source.ts';
import { runFolder } from '../run-folder.ts';
import { seedRun } from './seed-run.ts';
import { readSeedRuns, type SeedRun, writeSeedRuns } from './seeds-file.ts';
import { seedSpread } from './spread.ts';

interface Options {
  readonly model: string;
  readonly seeds: number;
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
    .addHelpText(
      'after',
      '\nThe same command again goes on where it was stopped. robustness:card puts the figures in the card.',
    )
    .action((options: Options) => overSeeds(options, output, signal));
}

async function overSeeds({ model, seeds }: Options, output: Output, signal: AbortSignal): Promise<void> {
  const folder = resolve(workspaceRoot, model);
  const bundle = await readBundle(`--model ${model}`, folder);
  const recipe = parseConfig(bundle.training.config, `${shown(folder)}/bundle.json: training.config`);
  let runs = await readSeedRuns(folder, bundle);
  const missing = Array.from({ length: seeds }, (_, i) => i + 1).filter((n) => !runs.some(({ seed }) => seed === n));
  const backend = await startBackend();
  for (const seed of missing) {
    const config = { ...recipe, seed };
    const name = `${bundle.name}-seed-${seed}`;
    const progress = startProgress(`seed ${seed}`, config.epochs);
    const run = await seedRun({
      config,
      backend,
      dataset: datasetFolder(config.dataset),
      folder: runFolder(name),
      signal,
      onEpoch: ({ epoch, validation }) => progress.update(epoch, `validation ${percent(validation.accuracy)}`),
    }).finally(() => progress.stop());
    if (run === null) {
      output.print('Interrupted. The same command goes on with it.');
      process.exitCode = 130;
      break;
    }
    runs = [...runs, run].sort((a, b) => a.seed - b.seed);
    await writeSeedRuns(folder, bundle, runs);
    output.print(describe(run));
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
