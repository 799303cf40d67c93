import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { command, percent, plainName, shown, startProgress, whole } from '@mnist-edge/command';
import { datasetFolder, readDatasetInfo } from '@mnist-edge/data';
import { Problem } from '@mnist-edge/recognizer';
import type { Command } from 'commander';
import { startBackend } from '../backend.ts';
import type { Output } from '../command-line.ts';
import { planRungs } from './halving.ts';
import { drawTrials } from './plan.ts';
import { type Place, runSweep } from './sweep.ts';
import { checkSame, type Plan, readPlan, sweepFolder, trialName, writePlan } from './sweep-folder.ts';
import { sweepTable } from './sweep-table.ts';
import { canGoOn } from './trial.ts';

interface Options {
  readonly space: string;
  readonly name: string;
  readonly trials: number;
  readonly eta: number;
  readonly seed: number;
}

/** `trainer:sweep`. Sets the process's exit code to 130 when it was interrupted. */
export function sweepCommand(output: Output, signal: AbortSignal): Command {
  return (
    command('sweep', 'Searches for good settings: random search with successive halving, judged by validation.')
      .requiredOption('--space <file>', 'JSON with settings, each a value or a distribution to draw from')
      .requiredOption('--name <name>', 'name of the folder in .artifacts/sweeps', plainName)
      // With an eta of 3, a 27th of them and so one or a few get all epochs; random search seldom needs more for few settings.
      .option('--trials <n>', 'points that are drawn', whole(1, 10_000), 27)
      // Hyperband's own choice; anything from 2 to 4 does about as well.
      .option(
        '--eta <n>',
        'each rung keeps one in so many trials, and trains them so many times longer',
        whole(2, 100),
        3,
      )
      .option(
        '--seed <n>',
        'decides which points are drawn; the seed of the runs is a setting',
        whole(0, 2 ** 32 - 1),
        1,
      )
      .addHelpText(
        'after',
        '\nA space, for example: {"dataset": "mnist", "epochs": 9, "learningRate": {"log-uniform": [0.001, 0.03]},\n' +
          '  "dropout": {"uniform": [0, 0.5]}, "augment": {"choice": ["none", "gentle"]}}\n' +
          'The same command again goes on with a sweep that was stopped. The test images are never read.',
      )
      .action((options: Options) => sweep(options, output, signal))
  );
}

async function sweep(options: Options, output: Output, signal: AbortSignal): Promise<void> {
  const { name, eta } = options;
  const folder = sweepFolder(name);
  const { plan, resumed } = await openSweep(options, folder);
  const { configs } = plan;
  const [{ dataset, epochs }] = configs as [(typeof configs)[number]];
  const rungs = planRungs(configs.length, epochs, eta);
  const backend = await startBackend();
  output.print(
    `${resumed ? 'Going on with sweep' : 'Sweep'} ${name} on ${dataset} with ${backend.description}: ` +
      `${rungs.map((rung) => `${count(rung.trials, 'trial')} for ${count(rung.epochs, 'epoch')}`).join(', then ')}; folder ${shown(folder)}`,
  );
  if (configs.length < plan.trials) {
    output.print(`The space has no more than ${count(configs.length, 'different point')}, each tried once.`);
  }
  for (const line of explain(plan)) output.print(line);
  if (backend.warning !== undefined) output.print(`WARNING: ${backend.warning}`);
  let bar: ReturnType<typeof startProgress> | undefined;
  let running = '';
  const outcome = await runSweep({
    ...{ plan, folder, backend, signal, dataset: datasetFolder(dataset) },
    onStep: (place, { epoch, step, stepsPerEpoch, loss }) => {
      const label = `${describe(place)}, epoch ${epoch}/${place.rungs[place.rung]!.epochs}`;
      if (label !== running) {
        bar?.stop();
        bar = startProgress(label, stepsPerEpoch);
        running = label;
      }
      bar?.update(step, `loss ${loss.toFixed(4)}`);
    },
    onTrial: (place, { validation, epochs }) => {
      bar?.stop();
      bar = undefined;
      output.print(
        `${describe(place)}: validation accuracy ${percent(validation.accuracy)} after ${count(epochs, 'epoch')}`,
      );
    },
  }).finally(() => bar?.stop());
  if (outcome.standings.length > 0) output.print(`\n${sweepTable(plan, outcome)}\n`);
  if (outcome.best === undefined) {
    output.print('Interrupted; what was trained so far is kept. Go on with it: the same command again.');
    process.exitCode = 130;
    return;
  }
  // Not trainer:train: that target gives a model, a dataset and a seed of its own, which go before the file's.
  output.print(
    `* the best of those trained for ${count(epochs, 'epoch')}, in ${shown(outcome.best.file)}. Train it, and read the test ` +
      `images: npx nx run trainer:train-config --config=${shown(outcome.best.file)} --run=${name}`,
  );
}

/** The sweep in the folder, or a new one whose plan is written there. */
async function openSweep(options: Options, folder: string): Promise<{ plan: Plan; resumed: boolean }> {
  const { name, trials, eta, seed } = options;
  const space = await readSpace(options.space);
  const configs = await drawTrials(space, options.space, trials, seed);
  const info = await readDatasetInfo(datasetFolder(configs[0]!.dataset));
  const wanted = { space, trials, eta, seed, dataset: info.files };
  const begun = await readPlan(folder);
  if (begun !== null) {
    checkSame(begun, wanted, name);
    return { plan: begun, resumed: true };
  }
  const plan = { ...wanted, configs };
  await writePlan(folder, plan);
  return { plan, resumed: false };
}

async function readSpace(file: string): Promise<unknown> {
  // npm and Nx start commands elsewhere, and say here where the person was.
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Problem(
      `--space ${file} cannot be used: ${error instanceof Error ? error.message : error}. Expected a JSON file; ` +
        '--help shows one.',
      { cause: error },
    );
  }
}

/** What the rungs do with the runs of the rung before, and why. */
function explain({ configs }: Plan): string[] {
  const schedules = [...new Set(configs.map((config) => config.schedule))];
  return schedules.map((schedule) =>
    canGoOn({ schedule })
      ? `Schedule ${schedule}: a rung goes on from the checkpoint of the one before, for no step depends on the epochs planned.`
      : `Schedule ${schedule}: a rung trains anew, for the learning rate of every step depends on the epochs planned.`,
  );
}

function describe({ rung, rungs, index, trial }: Place): string {
  return `rung ${rung + 1}/${rungs.length}, trial ${trialName(trial)} (${index + 1}/${rungs[rung]!.trials})`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
