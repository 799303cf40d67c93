import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { artifacts, describeSystemError, shown, workspaceRoot } from '@mnist-edge/command';
import { type Bundle, Problem, parseBundle, verifyFile } from '@mnist-edge/recognizer';
import type * as tf from '@tensorflow/tfjs';
import { openModelFiles } from '../model-files.ts';
import { files, readRun, runFolder } from '../run-folder.ts';

/** Trained weights that a run can start from or learn from: those of a run, or of a model bundle. */
export interface Source {
  /** As `--from` finds it again from anywhere: a run's name, or a folder. */
  readonly name: string;
  readonly architecture: string;
  /** Names of the classes that it tells apart. */
  readonly labels: readonly string[];
  /** Of its weights.bin. */
  readonly sha256: string;
  /** Opens the net; the caller disposes of it. */
  openModel(): Promise<tf.LayersModel>;
}

/**
 * Finds what `--from` or another option names: a run of `.artifacts/runs`, else a bundle's or a run's folder, relative to
 * where the person is or to the checkout. A bundle's `tfjs/` is the run's model as it was trained, batch norm and all: it is folded
 * in the ONNX file alone.
 * @throws {Problem} when there is nothing of that name, or what is there is damaged or no source
 */
export async function findSource(from: string, option = '--from'): Promise<Source> {
  if (/^[a-z0-9][a-z0-9._-]*$/.test(from) && existsSync(join(runFolder(from), files.config))) {
    return runSource(from, runFolder(from));
  }
  // npm and Nx start commands elsewhere, and say here where the person was.
  const places = [process.env.INIT_CWD ?? process.cwd(), workspaceRoot];
  const folder = from === '' ? undefined : places.map((place) => resolve(place, from)).find(existsSync);
  if (folder === undefined) {
    throw new Problem(`${option} "${from}": there is no run of that name and no such folder. ${await allowed()}`);
  }
  if (existsSync(join(folder, 'bundle.json'))) return bundleSource(shown(folder), folder);
  if (existsSync(join(folder, files.config))) return runSource(shown(folder), folder);
  throw new Problem(`${option} "${from}": ${shown(folder)} is neither a model bundle nor a run. ${await allowed()}`);
}

async function allowed(): Promise<string> {
  const entries = await readdir(artifacts('runs')).catch(() => []);
  const runs = entries.filter((name) => existsSync(join(runFolder(name), files.result))).sort();
  const listed = runs.length > 0 ? `a run (${runs.join(', ')})` : 'a run (there is none yet)';
  return `Give the name of ${listed} or the folder of a model bundle, such as models/digits.`;
}

async function runSource(name: string, folder: string): Promise<Source> {
  const run = await readRun(folder);
  const weights = await read(join(folder, files.model, 'weights.bin'), name);
  return {
    name,
    architecture: run.config.model,
    labels: run.result.dataset.labels,
    sha256: createHash('sha256').update(weights).digest('hex'),
    openModel: () => run.openModel(),
  };
}

async function bundleSource(name: string, folder: string): Promise<Source> {
  const bundle = await readBundle(name, folder);
  for (const file of ['tfjs/model.json', 'tfjs/weights.bin']) {
    verifyFile(bundle, file, await read(join(folder, file), name));
  }
  return {
    name,
    architecture: bundle.training.architecture,
    labels: bundle.labels,
    sha256: bundle.files['tfjs/weights.bin']!.sha256,
    openModel: () => openModelFiles(join(folder, 'tfjs')),
  };
}

/** @throws {Problem} when it cannot be read or is damaged */
export async function readBundle(name: string, folder: string): Promise<Bundle> {
  const path = join(folder, 'bundle.json');
  return parseBundle(parseJson(await read(path, name), shown(path)), shown(path));
}

function parseJson(bytes: Buffer, from: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Problem(`${from} is not JSON: ${String(error)}. Export the bundle again: npx nx run exporter:export`, {
      cause: error,
    });
  }
}

async function read(path: string, name: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Problem(`${name}: ${shown(path)} is not there. Train or export it again.`, { cause: error });
    }
    throw describeSystemError(error, `reading the weights of ${name} from ${shown(path)}`);
  }
}
