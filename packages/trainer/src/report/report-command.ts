import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { command, plainName, shown, writeWhole } from '@mnist-edge/command';
import { datasetFolder, readDatasetInfo, readSplit } from '@mnist-edge/data';
import { Problem } from '@mnist-edge/recognizer';
import type * as tf from '@tensorflow/tfjs';
import type { Command } from 'commander';
import { startBackend } from '../backend.ts';
import { fitTemperature } from '../calibration.ts';
import type { Output } from '../command-line.ts';
import { filledIn, type TrainConfig } from '../config.ts';
import { predict } from '../epochs.ts';
import { findArchitecture } from '../models/index.ts';
import { readMetrics, readRun, runFolder } from '../run-folder.ts';
import type { Kernel } from './filters.ts';
import { probabilitiesOf } from './judgement.ts';
import { runPage } from './run-page.ts';

/** `trainer:report`: a run that has ended as one HTML file. */
export function reportCommand(output: Output): Command {
  return command('report', 'Writes one HTML file about a run: curves, mistakes, calibration, settings.')
    .option('--run <name>', 'name of the run folder', plainName, 'edge')
    .option('--out <file>', 'where it goes (default: .artifacts/runs/<run>/report.html)')
    .action(async ({ run, out }: { run: string; out?: string }) => {
      const folder = runFolder(run);
      const base = process.env.INIT_CWD ?? process.cwd();
      const file = out === undefined ? join(folder, 'report.html') : resolve(base, out);
      await startBackend();
      const html = await reportOn(run, folder, datasetFolder);
      await mkdir(dirname(file), { recursive: true });
      await writeWhole(file, html);
      output.print(`Wrote ${shown(file)} (${Math.round(Buffer.byteLength(html) / 1024)} KiB).`);
    });
}

/**
 * The report of the run in a folder. The net answers anew; the test split is read to show what it gets wrong.
 * @param locate where a dataset lies
 * @throws {Problem} when the run has not ended, or its dataset is not there or is another by now
 */
export async function reportOn(name: string, folder: string, locate: (dataset: string) => string): Promise<string> {
  const run = await readRun(folder);
  const dataset = locate(run.config.dataset);
  const info = await readDatasetInfo(dataset);
  for (const [split, hash] of Object.entries(info.files)) {
    const used = run.result.dataset.sha256[split];
    if (used !== hash) {
      throw new Problem(
        `The run was trained on another ${info.name}: its ${split} had SHA-256 ${used}, and the one in ${shown(dataset)} has ` +
          `${hash}. Train the run again: npx nx run trainer:train --run=${name} --dataset=${info.name}`,
      );
    }
  }
  const [validation, test] = await Promise.all([readSplit(dataset, 'validation'), readSplit(dataset, 'test')]);
  const model = await run.openModel();
  try {
    const temperature = fitTemperature({ logits: await predict(model, validation.images), labels: validation.labels });
    const answers = { logits: await predict(model, test.images), labels: test.labels };
    return await runPage({
      name,
      run,
      metrics: await readMetrics(folder),
      dataset: info,
      test,
      before: probabilitiesOf(answers),
      after: probabilitiesOf(answers, temperature),
      temperature,
      kernel: await firstKernel(model),
      command: commandOf(name, run.config),
    });
  } finally {
    model.dispose();
  }
}

/** The weights of the first layer that has any, where it is a convolution of grey images. */
async function firstKernel(model: tf.LayersModel): Promise<Kernel | null> {
  const kernel = model.layers.find((layer) => layer.weights.length > 0)?.getWeights()[0];
  if (kernel === undefined || kernel.rank !== 4 || kernel.shape[2] !== 1) return null;
  const [height, width, , filters] = kernel.shape as [number, number, number, number];
  return { height, width, filters, weights: await kernel.data<'float32'>() };
}

/** The command line that trains the same run again: what differs from the model's recipe is said. */
export function commandOf(run: string, config: TrainConfig): string {
  const recipe: Record<string, unknown> = findArchitecture(config.model).recipe;
  const settings = Object.entries(config)
    // The hashes tell what `from` and `teacher` were; they are no options.
    .filter(([key, value]) => !filledIn.includes(key) && value !== undefined && recipe[key] !== value)
    .map(([key, value]) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${value}`);
  return ['npx nx run trainer:train', `--run=${run}`, ...settings].join(' ');
}
