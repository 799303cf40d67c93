import { join, resolve } from 'node:path';
import { command, startProgress, workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { PRECISIONS, type Precision, precision } from '@mnist-edge/server';
import { type Command, InvalidArgumentError } from 'commander';
import { classify } from './classify.ts';
import { inProcess, type Outcome, onServer } from './recognize-file.ts';
import { jsonLine, table } from './show.ts';

export interface Output {
  print(line: string): void;
}

/** From this many files on, a progress bar shows how far it is. */
const MANY = 20;

interface Options {
  json?: true;
  server?: string;
  modelDir?: string;
  precision?: Precision;
}

export function cliCommand(output: Output): Command {
  return command('mnist-edge', 'Recognizes handwritten digits.').addCommand(
    command('classify', 'Tells the digit in each picture. Exit code 1 when a file could not be read or understood.')
      .argument('<files...>', 'pictures: PNG, JPEG, WebP, GIF')
      .option('--json', 'one line of JSON for each file, instead of a table')
      .option('--server <url>', 'have a server do it, such as http://localhost:3000; else this process does', httpUrl)
      .option('--model-dir <folder>', 'model bundle to use in this process (default: models/digits)')
      .option('--precision <name>', `which of its models: ${PRECISIONS.join(' or ')} (default: fp32)`, onePrecision)
      .action((files: string[], options: Options) => act(files, options, output)),
  );
}

async function act(files: readonly string[], options: Options, output: Output): Promise<void> {
  const { json, server, modelDir } = options;
  if (server !== undefined && options.precision !== undefined) {
    throw new Problem(
      '--precision is for this process. A server has its own: start it with --precision, or PRECISION.',
    );
  }
  const folder = modelDir === undefined ? join(workspaceRoot, 'models/digits') : resolve(modelDir);
  const source = await (server === undefined ? inProcess(folder, options.precision) : onServer(server));
  const progress = files.length >= MANY ? startProgress('classify', files.length) : null;
  try {
    const outcomes: Outcome[] = [];
    const failed = await classify(files, source, (outcome, done) => {
      if (json) output.print(jsonLine(outcome));
      else outcomes.push(outcome);
      progress?.update(done, outcome.file);
    });
    progress?.stop();
    if (!json) {
      output.print(table(outcomes));
      output.print(`${files.length - failed} of ${files.length} pictures · ${source.description}`);
    }
    if (failed > 0) process.exitCode = 1;
  } finally {
    progress?.stop();
    await source.close();
  }
}

function onePrecision(value: string): Precision {
  try {
    return precision(value);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function httpUrl(value: string): string {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) {
    throw new InvalidArgumentError('Expected an address such as http://localhost:3000.');
  }
  return value;
}
