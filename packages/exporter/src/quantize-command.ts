import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { artifacts, command, shown, workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { type Command, Option } from 'commander';
import { readBundle } from './bundle-folder.ts';
import type { Output } from './command-line.ts';
import { type InputType, inputTypes, makeVariant, type Precision, precisions } from './variant.ts';

interface Options {
  readonly bundle: string;
  readonly precision: Precision;
  readonly input: InputType;
  readonly to?: string;
}

/** `exporter:quantize`: one ONNX file of a bundle's model, for runtimes and pages that are not this project's. */
export function quantizeCommand(output: Output): Command {
  return command('quantize', "Writes a bundle's model in fewer bits, or such that it takes grey levels as bytes.")
    .option('--bundle <folder>', 'a model bundle, from the checkout’s root', 'models/digits')
    .addOption(
      new Option(
        '--precision <form>',
        'fp16: weights in 16 bits, half the file; int8: as the bundle has it, a quarter of the file',
      )
        .choices(precisions)
        .default('int8' satisfies Precision),
    )
    .addOption(
      new Option('--input <type>', 'float32: 0..1; uint8: grey levels of 0..255, divided by 255 in the model')
        .choices(inputTypes)
        .default('float32' satisfies InputType),
    )
    .option('--to <file>', 'where it goes (default: .artifacts/onnx/<name>.<form>.onnx)')
    .action((options: Options) => quantizeBundle(options, output));
}

async function quantizeBundle({ bundle: given, precision, input, to }: Options, output: Output): Promise<void> {
  const folder = resolve(workspaceRoot, given);
  const { bundle } = await readBundle(folder);
  const form = input === 'uint8' ? `${precision}.uint8` : precision;
  // A path that is given is relative to where npm was called.
  const target =
    to === undefined
      ? artifacts('onnx', `${bundle.name}.${form}.onnx`)
      : resolve(process.env.INIT_CWD ?? process.cwd(), to);
  const source = precision === 'int8' ? bundle.int8?.model : bundle.model;
  if (source === undefined) {
    throw new Problem(
      `${shown(folder)} has no 8-bit model: it got too many validation images wrong when the run was exported. ` +
        'Take --precision fp16 or fp32.',
    );
  }
  await mkdir(dirname(target), { recursive: true });
  const variant = { halfWeights: precision === 'fp16', byteInput: input === 'uint8' };
  await makeVariant(join(folder, source), target, variant);
  output.print(`Wrote ${shown(target)}: ${(await stat(target)).size.toLocaleString('en')} bytes`);
}
