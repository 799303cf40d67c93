import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { artifacts, command, plainName, shown, startProgress, whole, writeWhole } from '@mnist-edge/command';
import { datasetFolder, testLabelErrorsOf } from '@mnist-edge/data';
import type { Command } from 'commander';
import { startBackend } from '../backend.ts';
import { chooseConfig } from '../choose-config.ts';
import type { Output } from '../command-line.ts';
import { type Audit, auditDataset } from './audit.ts';
import { auditPage } from './audit-page.ts';

/** How many suspects of the test split the terminal shows. */
const MOST_LINES = 30;

interface Options {
  dataset: string;
  folds: number;
  epochs: number;
  seed: number;
  out?: string;
}

/** `data:audit`: it trains nets, so it lives here. Sets the process's exit code to 130 when it was interrupted. */
export function auditCommand(output: Output, signal: AbortSignal): Command {
  return command('audit', 'Looks for wrong labels, copies and broken images in a dataset, and shows them.')
    .option('--dataset <name>', 'a dataset made by data:prepare', plainName, 'mnist')
    .option('--folds <n>', 'nets, each of which judges the images that it never saw', whole(2, 100), 4)
    .option('--epochs <n>', 'passes over its images that each net makes', whole(1, 1000), 3)
    .option('--seed <n>', 'decides the folds and the nets', whole(0, 2 ** 32 - 1), 1)
    .option('--out <folder>', 'where audit.html and audit.json go (default: .artifacts/audit/<dataset>)')
    .action((options: Options) => audit(options, output, signal));
}

async function audit(options: Options, output: Output, signal: AbortSignal): Promise<void> {
  const { dataset, folds, epochs, seed } = options;
  const base = process.env.INIT_CWD ?? process.cwd();
  const out = options.out === undefined ? artifacts('audit', dataset) : resolve(base, options.out);
  // It judges images as they are, and is sure of what it is sure of: no stretched grey levels, no label smoothing.
  const config = await chooseConfig({ model: 'edge-flat', dataset, epochs, seed, augment: 'none' }, {});
  const backend = await startBackend();
  if (backend.warning !== undefined) output.print(`WARNING: ${backend.warning}`);
  const started = performance.now();
  let bar: ReturnType<typeof startProgress> | undefined;
  const audited = await auditDataset({
    folder: datasetFolder(dataset),
    config,
    folds,
    signal,
    onStage: (stage) => output.print(`Audit of ${dataset}: ${stage}`),
    onStep: (fold, { epoch, step, stepsPerEpoch, imagesPerSecond }) => {
      bar ??= startProgress('nets', folds * epochs * stepsPerEpoch);
      const speed = Math.round(imagesPerSecond).toLocaleString('en');
      bar.update(
        ((fold - 1) * epochs + epoch - 1) * stepsPerEpoch + step,
        `net ${fold} of ${folds} · ${speed} images/s`,
      );
    },
  }).finally(() => bar?.stop());
  if (audited === null) {
    output.print('Interrupted; nothing was written.');
    process.exitCode = 130;
    return;
  }
  const [html, json] = [join(out, 'audit.html'), join(out, 'audit.json')];
  await mkdir(dirname(html), { recursive: true });
  await writeWhole(json, `${JSON.stringify(audited.audit, null, 2)}\n`);
  await writeWhole(html, await auditPage(audited));
  for (const line of summaryOf(audited.audit)) output.print(line);
  output.print(
    `${Math.round((performance.now() - started) / 1000)} s. Look at ${shown(html)}; all of it is in ${shown(json)}.`,
  );
}

/** What was found, in lines for a terminal. */
export function summaryOf({ dataset, broken, copies, nearCopies, labels }: Audit): string[] {
  const inTest = labels.filter(({ split }) => split === 'test');
  const lines = [
    `${labels.length} labels look wrong (${labels.filter(({ confident }) => confident).length} confidently), ${inTest.length} of ` +
      `them in the test split; ${copies.length} groups of copies, ` +
      `${nearCopies.length} pairs of near copies, ${broken.length} broken images.`,
    ...inTest
      .slice(0, MOST_LINES)
      .map(
        ({ index, given, believed, believedProbability }) =>
          `  test ${index}: said to be ${given}, looks like ${believed} (${(100 * believedProbability).toFixed(1)} %)`,
      ),
  ];
  const { voted = [], named = [] } = testLabelErrorsOf(dataset.name) ?? {};
  const published = [...new Set([...voted, ...named])].sort((a, b) => a - b);
  if (published.length > 0) {
    const found = published.filter((index) => inTest.some((suspect) => suspect.index === index));
    lines.push(
      `Of ${published.length} test labels that published work calls wrong or ambiguous, ${found.length} are among them` +
        `${found.length > 0 ? `: ${found.join(', ')}` : ''}.`,
    );
  }
  return lines;
}
