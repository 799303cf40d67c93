import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { artifacts, command, plainName, shown, workspaceRoot, writeFolder } from '@mnist-edge/command';
import type { Bundle } from '@mnist-edge/recognizer';
import { runFolder, startBackend } from '@mnist-edge/trainer';
import { type Command, InvalidArgumentError } from 'commander';
import { type ArchitectureRow, architectureTable, compareArchitectures } from './architectures.ts';
import { readBundle, writeBundle } from './bundle-folder.ts';
import { exportRun } from './export-run.ts';
import { quantizeCommand } from './quantize-command.ts';
import { tritonFiles } from './triton-layout.ts';

export interface Output {
  print(line: string): void;
}

interface Options {
  run: string;
  name: string;
  modelVersion: string;
  layout: Layout;
}

/** `bundle` is this project's own; `triton` writes a Triton model repository beside it. */
const layouts = ['bundle', 'triton'] as const;
type Layout = (typeof layouts)[number];

/** The exporter's command line: `export`, `release`, `quantize`, `architectures` and `triton`. */
export function exporterCommand(output: Output): Command {
  return command('exporter', 'Makes model bundles of training runs.')
    .addCommand(exportCommand(output))
    .addCommand(releaseCommand(output))
    .addCommand(quantizeCommand(output))
    .addCommand(architecturesCommand(output))
    .addCommand(tritonCommand(output));
}

function exportCommand(output: Output): Command {
  return command('export', 'Makes a checked ONNX model bundle of a run, in .artifacts/models/<name>.')
    .option('--run <name>', 'the run to export', plainName, 'edge')
    .option('--name <name>', 'the name of the model', plainName, 'digits')
    .option('--model-version <version>', 'the semantic version of the model', semanticVersion, '1.0.0')
    .option('--layout <layout>', 'bundle, or triton for a Triton model repository too', layout, 'bundle')
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
      output.print(`  ${aboutInt8(bundle)}`);
      output.print(`Wrote ${shown(folder)}: test accuracy ${(100 * bundle.metrics.test.accuracy).toFixed(2)} %`);
      if (options.layout === 'triton') await writeTriton(folder, artifacts('triton', options.name), output);
    });
}

function aboutInt8({ files, int8 }: Bundle): string {
  if (int8 === undefined) return 'int8: left out, for it gets fewer validation images right';
  return `int8: ${files[int8.model]!.bytes.toLocaleString('en')} bytes, test accuracy ${(100 * int8.metrics.test.accuracy).toFixed(2)} %`;
}

function architecturesCommand(output: Output): Command {
  return command(
    'architectures',
    'Exports and measures every architecture that was trained as arch-<model>-1, -2 and -3, and prints a table.',
  ).action(async () => {
    await startBackend();
    const rows: ArchitectureRow[] = [];
    for await (const row of compareArchitectures()) {
      output.print(`  ${row.model}: ${row.accuracies.length} runs`);
      rows.push(row);
    }
    output.print(rows.length === 0 ? 'No run arch-<model>-<seed> has ended yet.' : architectureTable(rows));
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

function tritonCommand(output: Output): Command {
  return command('triton', 'Writes a Triton model repository of a bundle that is there already.')
    .option('--bundle <folder>', 'the bundle', join(workspaceRoot, 'models/digits'))
    .option('--to <folder>', 'the repository; what is there is replaced', artifacts('triton/digits'))
    .action(({ bundle, to }: { bundle: string; to: string }) => {
      // Relative to where npm was called, not to this package's folder.
      const from = (path: string) => resolve(process.env.INIT_CWD ?? process.cwd(), path);
      return writeTriton(from(bundle), from(to), output);
    });
}

async function writeTriton(from: string, to: string, output: Output): Promise<void> {
  const { bundle, files } = await readBundle(from);
  await writeFolder(to, async (draft) => {
    for (const [path, bytes] of Object.entries(tritonFiles(bundle, files[bundle.model]!))) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), bytes);
    }
  });
  output.print(
    `Wrote ${shown(to)}: ${bundle.name} ${bundle.version}, for tritonserver --model-repository=${shown(to)}`,
  );
}

function layout(value: string): Layout {
  const known = layouts.find((name) => name === value);
  if (known === undefined) throw new InvalidArgumentError(`Expected ${layouts.join(' or ')}.`);
  return known;
}

function semanticVersion(value: string): string {
  if (!/^\d+\.\d+\.\d+$/.test(value)) throw new InvalidArgumentError('Expected a semantic version such as 1.0.0.');
  return value;
}
