import { extname, resolve } from 'node:path';
import { command, shown, writeWhole } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { type Command, InvalidArgumentError } from 'commander';
import type { Output } from '../command-line.ts';
import { comparePage } from './compare-page.ts';
import { compareRuns } from './comparison.ts';
import { observeRun } from './observed-run.ts';
import { textTable } from './text-table.ts';

/** `trainer:compare`. */
export function compareCommand(output: Output): Command {
  return command('compare', 'Prints runs side by side, and draws their validation curves.')
    .argument('<run...>', 'two runs or more, each by its name in .artifacts/runs or by its folder')
    .option('--out <file>', 'an HTML file to draw them in', htmlFile)
    .action((names: string[], { out }: { out?: string }) => compare(names, out, output));
}

function htmlFile(value: string): string {
  if (extname(value) !== '.html') throw new InvalidArgumentError('Expected the name of a file that ends in .html.');
  return value;
}

async function compare(names: readonly string[], out: string | undefined, output: Output): Promise<void> {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Problem(`RUN "${twice}" is given twice. Give each run once.`);
  if (names.length < 2) {
    throw new Problem(`RUN: only "${names[0]}" is given, and a comparison needs two runs or more. Name another.`);
  }
  const runs = [];
  for (const name of names) runs.push(await observeRun(name));
  const { results, differences } = compareRuns(runs);
  const line = (row: (typeof results)[number]) => [row.property.en, ...row.values.map((value) => value.en)];
  output.print(textTable([['', ...runs.map((run) => run.name)], ...results.map(line)]));
  output.print(
    differences.length === 0
      ? '\nThese runs have the same config.'
      : `\n${textTable([['settings that differ', ...runs.map((run) => run.name)], ...differences.map(line)])}`,
  );
  if (out !== undefined) {
    // npm and Nx start commands elsewhere, and say here where the person was.
    const path = resolve(process.env.INIT_CWD ?? process.cwd(), out);
    await writeWhole(path, comparePage(runs));
    output.print(`\nDrawn in ${shown(path)}`);
  }
}
