import { command, percent, plainName, shown, startProgress, whole, within } from '@mnist-edge/command';
import { augmentationGrammar, augmentationOption, datasetFolder } from '@mnist-edge/data';
import { Problem } from '@mnist-edge/recognizer';
import { type Command, Option } from 'commander';
import { type BackendName, backends, startBackend } from './backend.ts';
import { chooseConfig } from './choose-config.ts';
import { greyLevels, keeps, losses, optimizers, type Recipe, schedules, type TrainConfig } from './config.ts';
import type { EpochReport, StepReport } from './epochs.ts';
import { edgeFast } from './models/edge-fast.ts';
import { architectures } from './models/index.ts';
import { runFolder } from './run-folder.ts';
import { trainRun } from './train-run.ts';

export interface Output {
  print(line: string): void;
}

/** What the command line gives; what it leaves out comes from `--config`, else from the model's recipe. */
interface Options extends Partial<TrainConfig> {
  run: string;
  resume?: true;
  config?: string;
  backend?: BackendName;
  recipe?: 'fast';
}

/** `trainer:train`. Sets the process's exit code to 130 when it was interrupted. */
export function trainCommand(output: Output, signal: AbortSignal): Command {
  const models = architectures.map((architecture) => architecture.name);
  return command('train', 'Trains a digit net and writes its run folder to .artifacts/runs/<run>.')
    .addOption(new Option('--model <name>', 'the network (default: edge)').choices(models))
    .addOption(
      new Option('--recipe <name>', 'fast: the model and the settings for the shortest wait, edge-fast')
        .choices(['fast'])
        .conflicts(['model', 'from', 'resume']),
    )
    .option('--dataset <name>', 'a dataset made by data:prepare (default: mnist)', plainName)
    .option('--epochs <n>', 'passes over the training split', whole(1, 10_000))
    .option('--batch-size <n>', 'images a step', whole(1, 65_536))
    .addOption(new Option('--optimizer <name>', 'what makes a step of a gradient').choices(optimizers))
    .option('--learning-rate <x>', "the optimizer's step size, at its peak", within(0, 10))
    .option(
      '--weight-decay <x>',
      "what a step takes off the kernels; adamw's 0.01 and sgd's 0 without it",
      within(0, 10, true),
    )
    .option(
      '--sharpness <x>',
      'how far up the loss each gradient is taken (SAM), so that the weights end in a flat place; 0: nowhere',
      within(0, 10, true),
    )
    .addOption(new Option('--schedule <name>', 'how the learning rate changes').choices(schedules))
    .addOption(new Option('--loss <name>', 'what is made small').choices(losses))
    .addOption(
      new Option('--grey-levels <name>', 'what the net makes of them before anything else').choices(greyLevels),
    )
    .option('--label-smoothing <x>', 'share of the certainty given to all classes alike', within(0, 0.999, true))
    .option('--dropout <x>', 'share of its inputs that the last layer loses at each step', within(0, 0.999, true))
    .option(
      '--ema <x>',
      'decay of a moving average of the weights that is then kept; 0: none',
      within(0, 0.99999, true),
    )
    .option('--clip-norm <x>', "the longest that a step's gradient may be; 0: no limit", within(0, 1e6, true))
    .option('--patience <n>', 'epochs without a better one that end the run; 0: none', whole(0, 10_000))
    .addOption(
      new Option(
        '--keep <epoch>',
        'whose weights are kept: those of the best epoch on validation, or the last',
      ).choices(keeps),
    )
    .option(
      '--weight-bits <n>',
      'significant bits of the kept kernels: 24 for all, 11 for half the download',
      whole(2, 24),
    )
    .option(
      '--outliers <x>',
      'drawn images of no class to train on, as a share of the split; 0: none',
      within(0, 1, true),
    )
    .option('--augment <kinds>', `what is done to training images: ${augmentationGrammar}`, augmentationOption)
    .option('--from <run|folder>', 'trained weights to start from: a run, or a bundle such as models/digits')
    .option(
      '--teacher <run|folder,…>',
      'trained nets, named as for --from, whose answers are learned instead of the labels (distillation)',
    )
    .option(
      '--freeze <n>',
      'first layers with weights that stay as they are; needs --from (default: 0)',
      whole(0, 10_000),
    )
    .option('--per-class <n>', 'train on that many images of each class (default: all)', whole(1, 1_000_000))
    .option('--seed <n>', 'decides weights, order, dropout and warps (default: 1)', whole(0, 2 ** 32 - 1))
    .option('--run <name>', 'name of the run folder', plainName, 'edge')
    .option('--config <file>', 'JSON with any of these settings, such as the config.json of a run; flags go before it')
    .addOption(
      new Option(
        '--backend <name>',
        'what computes: native TensorFlow, on the processor or an NVIDIA GPU; any GPU through WebGPU; or plain JavaScript ' +
          '(default: tensorflow, where it is set up)',
      ).choices(backends),
    )
    .option('--resume', 'go on with the run from its newest checkpoint, with its own settings')
    .addHelpText('after', `\nWhat is not given comes from the model's recipe:\n${recipes()}`)
    .action((options: Options) => train(options, output, signal));
}

function recipes(): string {
  return architectures.map(({ name, recipe }) => `  ${name}: ${describeRecipe(recipe)}`).join('\n');
}

function describeRecipe(recipe: Recipe): string {
  return Object.entries(recipe)
    .map(([setting, value]) => `${setting} ${value}`)
    .join(', ');
}

async function train(options: Options, output: Output, signal: AbortSignal): Promise<void> {
  const { run, resume = false, config: file, backend: wanted, recipe, ...settings } = options;
  const given = recipe === undefined ? settings : { ...settings, model: edgeFast.name };
  const folder = runFolder(run);
  const config = await chooseConfig(given, resume ? { resume: folder } : { file });
  for (const [option, runs] of [
    ['--from', config.from],
    ['--teacher', config.teacher],
  ]) {
    if (resume || runs?.split(',').includes(run) !== true) continue;
    throw new Problem(
      `--run ${run} is the run that ${option} names, and would take its place. Give --run another name.`,
    );
  }
  const backend = await startBackend(wanted);
  output.print(
    `Training ${config.model} on ${config.dataset} with ${backend.description}; run folder ${shown(folder)}`,
  );
  if (config.from !== undefined)
    output.print(`From the weights of ${config.from}, ${config.freeze ?? 0} layers frozen`);
  if (config.teacher !== undefined) output.print(`Taught by ${config.teacher}`);
  if (backend.warning !== undefined) output.print(`WARNING: ${backend.warning}`);
  let bar: ReturnType<typeof startProgress> | undefined;
  const result = await trainRun({
    config,
    backend,
    dataset: datasetFolder(config.dataset),
    folder,
    resume,
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
    output.print(
      `Interrupted after ${result.epochs} of ${config.epochs} epochs; what was learned so far is kept. Go on with it: ` +
        `npx nx run trainer:train --run=${run} --resume`,
    );
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
