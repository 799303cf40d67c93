import { command, plainName, shown, startProgress, whole, within } from '@mnist-edge/command';
import { datasetFolder } from '@mnist-edge/data';
import { type Command, Option } from 'commander';
import { startBackend } from './backend.ts';
import { augmentations, type Recipe, schedules, type TrainConfig } from './config.ts';
import type { EpochReport, StepReport } from './epochs.ts';
import { architectures, findArchitecture } from './models/index.ts';
import { runFolder } from './run-folder.ts';
import { trainRun } from './train-run.ts';

/** What the command line gives; what it leaves out comes from the model's recipe. */
interface Options extends Partial<Recipe> {
  model: string;
  dataset: string;
  seed: number;
  run: string;
}

export interface Output {
  print(line: string): void;
}

/** `trainer:train`. Resolves to the process's exit code: 0, or 130 when it was interrupted. */
export function trainCommand(output: Output, signal: AbortSignal): Command {
  const models = architectures.map((architecture) => architecture.name);
  return command('train', 'Trains a digit net and writes its run folder to .artifacts/runs/<run>.')
    .addOption(new Option('--model <name>', 'the network').choices(models).default('edge'))
    .option('--dataset <name>', 'a dataset made by data:prepare', plainName, 'mnist')
    .option('--epochs <n>', 'passes over the training split', whole(1, 10_000))
    .option('--batch-size <n>', 'images a step', whole(1, 65_536))
    .option('--learning-rate <x>', "Adam's step size, at its peak", within(0, 10))
    .addOption(new Option('--schedule <name>', 'how the learning rate changes').choices(schedules))
    .addOption(new Option('--augment <name>', 'warps of the training images').choices(augmentations))
    .option('--seed <n>', 'decides the weights, the order of the images, dropout and warps', whole(0, 2 ** 32 - 1), 1)
    .option('--run <name>', 'name of the run folder', plainName, 'edge')
    .action((options: Options) => train(options, output, signal));
}

function toConfig({ run: _, ...options }: Options): TrainConfig {
  return { ...findArchitecture(options.model).recipe, ...options };
}

async function train(options: Options, output: Output, signal: AbortSignal): Promise<void> {
  const config = toConfig(options);
  const folder = runFolder(options.run);
  const backend = await startBackend();
  output.print(
    `Training ${config.model} on ${config.dataset} with ${backend.description}; run folder ${shown(folder)}`,
  );
  if (backend.warning !== undefined) output.print(`WARNING: ${backend.warning}`);
  let bar: ReturnType<typeof startProgress> | undefined;
  const result = await trainRun({
    config,
    backend,
    dataset: datasetFolder(config.dataset),
    folder,
    signal,
    onStep: (report) => {
      bar ??= startProgress(`epoch ${report.epoch}/${config.epochs}`, report.stepsPerEpoch);
      bar.update(report.step, describeStep(report));
    },
    onEpoch: (report, best) => {
      bar?.stop();
      bar = undefined;
      output.print(describeEpoch(report, config.epochs, best));
    },
  }).finally(() => bar?.stop());
  const { test, validation } = result;
  if (!result.finished) {
    output.print(`Interrupted after ${result.epochs} of ${config.epochs} epochs; what was learned so far is kept.`);
    process.exitCode = 130;
  }
  output.print(
    `Kept epoch ${result.bestEpoch}: validation accuracy ${percent(validation.accuracy)}, ` +
      `test accuracy ${percent(test.accuracy)} (${test.images} images), ` +
      `${Math.round(result.seconds)} s, ${Math.round(result.imagesPerSecond).toLocaleString('en')} images/s`,
  );
}

function describeStep(report: StepReport): string {
  return [
    `loss ${report.loss.toFixed(4)}`,
    `accuracy ${percent(report.accuracy)}`,
    `${Math.round(report.imagesPerSecond).toLocaleString('en')} images/s`,
    `${Math.ceil(report.secondsLeft)} s left`,
  ].join(' · ');
}

function describeEpoch(report: EpochReport, epochs: number, best: boolean): string {
  return (
    `epoch ${report.epoch}/${epochs}: loss ${report.train.loss.toFixed(4)}, ` +
    `validation loss ${report.validation.loss.toFixed(4)}, accuracy ${percent(report.validation.accuracy)}${best ? ' (best)' : ''}`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
