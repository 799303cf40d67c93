import { join } from 'node:path';
import { artifacts, command, plainName, shown, workspaceRoot } from '@mnist-edge/command';
import { runFolder, startBackend } from '@mnist-edge/trainer';
import { type Command, InvalidArgumentError } from 'commander';
import { readBundle, writeBundle } from './bundle-folder.ts';
import { exportRun } from './export-run.ts';

export interface Output {
  print(line: string): void;
}

interface Options {
  run: string;
  name: string;
  modelVersion: string;
}

/** The exporter's command line: `export` and `release`. */
export function exporterCommand(output: Output): Command {
  return command('exporter', 'Makes model bundles of training runs.')
    .addCommand(exportCommand(output))
    .addCommand(releaseCommand(output));
}

function exportCommand(output: Output): Command {
  return command('export', 'Makes a checked ONNX model bundle of a run, in .artifacts/models/<name>.')
    .option('--run <name>', 'the run to export', plainName, 'edge')
    .option('--name <name>', 'the name of the model', plainName, 'digits')
    .option('--model-version <version>', 'the semantic version of the model', semanticVersion, '1.0.0')
    .action(async (options: Options) => {
      const backend = await startBackend();
      const folder = artifacts('models', options.name);
      output.print(
        `Exporting run ${options.run} as ${options.name} ${options.modelVersion}; reference: ${backend.description}`,
      );
      const { bundle, onnx, largestDifference } = await exportRun({
        run: runFolder(options.run),
        datasets: artifacts('data'),
        folder,
        name: options.name,
        version: options.modelVersion,
        onStep: (step) => output.print(`  ${step}`),
      });
      const operators = Object.entries(onnx.operators).map(([operator, count]) => `${count} ${operator}`);
      output.print(`  ONNX opset ${onnx.opset}: ${operators.join(', ')}; ${onnx.bytes.toLocaleString('en')} bytes`);
      output.print(`  largest difference to the trainer's logits: ${largestDifference.toExponential(1)}`);
      output.print(`Wrote ${shown(folder)}: test accuracy ${(100 * bundle.metrics.test.accuracy).toFixed(2)} %`);
    });
}

function releaseCommand(output: Output): Command {
  return command(
    'release',
    'Verifies an exported bundle and puts it in models/<name>, from where it is committed and served.',
  )
    .option('--name <name>', 'the name of the model', plainName, 'digits')
    .action(async ({ name }: Pick<Options, 'name'>) => {
      const { bundle, files } = await readBundle(artifacts('models', name));
      const folder = join(workspaceRoot, 'models', name);
      await writeBundle(folder, bundle, files);
      output.print(`Released ${name} ${bundle.version} in ${shown(folder)}; commit it to publish it.`);
    });
}

function semanticVersion(value: string): string {
  if (!/^\d+\.\d+\.\d+$/.test(value)) throw new InvalidArgumentError('Expected a semantic version such as 1.0.0.');
  return value;
}
