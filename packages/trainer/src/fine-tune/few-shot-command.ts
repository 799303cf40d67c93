import { command, percent, plainName, whole, within } from '@mnist-edge/command';
import { datasetFolder } from '@mnist-edge/data';
import type { Command } from 'commander';
import { startBackend } from '../backend.ts';
import { chooseConfig } from '../choose-config.ts';
import type { Output } from '../command-line.ts';
import { describeMachine } from '../machine.ts';
import { type Spread, spread } from '../spread.ts';
import { gains, type Row, type Setting, settings, summarize, type Trial } from './few-shot.ts';
import { runTrials } from './trials.ts';

interface Options {
  readonly from: string;
  readonly dataset: string;
  readonly perClass: number;
  readonly seeds: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRates: number[];
  readonly freezes: number[];
}

/**
 * `trainer:few-shot`. Its runs are not kept. Sets the process's exit code to 130 when it was interrupted.
 */
export function fewShotCommand(output: Output, signal: AbortSignal): Command {
  return command('few-shot', 'Trains on few images per class, from scratch and from trained weights, and compares.')
    .option('--from <run|folder>', 'trained weights: a run, or the folder of a bundle', 'models/digits')
    .option('--dataset <name>', 'a dataset made by data:prepare', plainName, 'fashion-mnist')
    .option('--per-class <n>', 'images of each class to train on', whole(1, 1_000_000), 100)
    .option('--seeds <n>', 'runs of each setting; the seed also decides which images', whole(1, 100), 5)
    .option('--epochs <n>', 'passes over those images', whole(1, 10_000), 40)
    .option('--batch-size <n>', 'images a step', whole(1, 65_536), 32)
    .option(
      '--learning-rates <x,…>',
      'peaks of the learning rate to try, for both',
      list(within(0, 10)),
      [0.001, 0.003, 0.01],
    )
    .option('--freezes <n,…>', 'numbers of frozen layers to try', list(whole(0, 10_000)), [0, 2, 4])
    .action((options: Options) => compare(options, output, signal));
}

/** A parser for values with commas between. */
function list<T>(parse: (value: string) => T): (value: string) => T[] {
  return (value) => value.split(',').map((part) => parse(part.trim()));
}

async function compare(options: Options, output: Output, signal: AbortSignal): Promise<void> {
  const { learningRates, freezes, seeds, ...given } = options;
  const base = await chooseConfig(given, {});
  const backend = await startBackend();
  output.print(
    `${base.model} on ${base.perClass} images per class of ${base.dataset}, ${base.epochs} epochs; fine-tuned from ${base.from}; ` +
      `${backend.description}, ${describeMachine(backend.gpu)}`,
  );
  const trials: Trial[] = [];
  const tried = settings(learningRates, freezes);
  const dataset = datasetFolder(base.dataset);
  for await (const trial of runTrials({ base, settings: tried, seeds, dataset, backend, signal })) {
    trials.push(trial);
    output.print(
      `${describeSetting(trial.setting)}, seed ${trial.seed}: validation ${percent(trial.validation.accuracy)}, ` +
        `test ${percent(trial.test.accuracy)}`,
    );
  }
  if (trials.length < tried.length * seeds) {
    output.print('Interrupted: only what was tried until then is counted.');
    process.exitCode = 130;
  }
  const rows = summarize(trials);
  output.print(table(rows));
  const verdict = describeGain(trials, rows);
  if (verdict !== null) output.print(verdict);
}

/** A Markdown table, so that it can be kept as it is. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ setting, validation, test, chosen }) =>
      `| ${describeSetting(setting)}${chosen ? ' *' : ''} | ${describeSpread(validation)} | ${describeSpread(test)} |`,
  );
  return ['| setting | validation accuracy | test accuracy |', '| --- | --- | --- |', ...lines].join('\n');
}

/** The chosen settings side by side; null where one of the two was not tried. */
export function describeGain(trials: readonly Trial[], rows: readonly Row[]): string | null {
  const chosen = (start: Setting['start']) => rows.find((row) => row.chosen && row.setting.start === start)?.setting;
  const [tuned, fresh] = [chosen('fine-tuned'), chosen('scratch')];
  if (tuned === undefined || fresh === undefined) return null;
  const differences = gains(trials, tuned, fresh);
  if (differences.length === 0) return null;
  const { median, lowest, highest } = spread(differences);
  const better = differences.filter((difference) => difference > 0).length;
  return (
    `* the best of its kind by validation. Of these two, fine-tuned minus scratch on the test images: ${points(median)} ` +
    `points (median; ${points(lowest)} to ${points(highest)}), better for ${better} of ${differences.length} seeds.`
  );
}

function describeSetting({ start, learningRate, freeze }: Setting): string {
  return `${start}, learning rate ${learningRate}${start === 'scratch' ? '' : `, ${freeze} frozen`}`;
}

function describeSpread({ median, lowest, highest }: Spread): string {
  return `${percent(median)} (${(100 * lowest).toFixed(2)} – ${(100 * highest).toFixed(2)})`;
}

function points(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(2)}`;
}
