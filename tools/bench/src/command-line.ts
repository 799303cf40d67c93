import { resolve } from 'node:path';
import { artifacts, command, plainName, shown, workspaceRoot, writeWhole } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { bench } from './bench.ts';
import { type Part, parts, render } from './report.ts';

interface Options {
  readonly only: readonly Part[];
  readonly quick: boolean;
  readonly modelDir?: string;
  readonly dataset: string;
}

/** Where the command line writes and what relative paths start from. */
export interface Surroundings {
  readonly print: (text: string) => void;
  readonly base: string;
}

/** `bench:run`. */
export function benchCommand({ print, base }: Surroundings): ReturnType<typeof command> {
  return command('bench', 'Measures what this project claims, side by side, and writes .artifacts/bench/latest.json.')
    .option('--only <parts>', `any of ${parts.join(', ')}, with commas between`, toParts, parts)
    .option('--quick', 'short measurements, to see that all works', false)
    .option('--model-dir <folder>', 'the model bundle to run and serve (default: models/digits)')
    .option('--dataset <name>', "what the pipeline's memory is measured on: mnist or synthetic", plainName, 'mnist')
    .action(async ({ only, quick, modelDir, dataset }: Options) => {
      const report = await bench({
        parts: only,
        quick,
        dataset,
        modelDir: modelDir === undefined ? resolve(workspaceRoot, 'models/digits') : resolve(base, modelDir),
        say: (line) => print(`measuring: ${line}`),
      });
      print(`\n${render(report)}`);
      const json = `${JSON.stringify(report, null, 2)}\n`;
      const file = artifacts('bench', `${report.date.replaceAll(':', '-').slice(0, 19)}.json`);
      await writeWhole(file, json);
      await writeWhole(artifacts('bench', 'latest.json'), json);
      print(`Wrote ${shown(file)}`);
      if (report.failures.length > 0) {
        throw new Problem(
          `Not measured: ${report.failures.map(({ what }) => what).join(', ')}; the reasons are above.`,
        );
      }
    });
}

/**
 * The parts in a list with commas, each once, in the order of `parts`.
 * @throws {Problem} for a name that is none, listing those that there are
 */
export function toParts(text: string): readonly Part[] {
  const names = text.split(',').map((name) => name.trim());
  const stray = names.find((name) => !parts.some((part) => part === name));
  if (stray !== undefined) {
    throw new Problem(`--only "${text}": there is no part "${stray}". The parts are: ${parts.join(', ')}.`);
  }
  return parts.filter((part) => names.includes(part));
}
