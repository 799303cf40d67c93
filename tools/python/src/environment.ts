import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { type Environment, isExecutable, runChild } from './child.ts';
import { stepFailed } from './failure.ts';
import { needPipx, pipxEnvironment } from './pipx.ts';
import { binFolder, environmentPython, type Place, thisCheckout } from './place.ts';
import type { Python } from './python.ts';
import { type Say, step } from './step.ts';

/** Which TensorFlow: the one for the processor, or the one with CUDA. */
export type Build = 'cpu' | 'cuda';

/** What `mnist-edge-onnx versions` prints. */
export interface Versions {
  readonly python: string;
  readonly tf2onnx: string;
  readonly numpy: string;
  readonly onnx: string;
  readonly onnxruntime: string;
  readonly tensorflow: string;
  readonly cuda: boolean;
  /** Where TensorFlow's libraries and headers are. */
  readonly tensorflowFolder: string;
}

/** Written last, so a set-up that was interrupted never looks complete. */
export interface EnvironmentStamp {
  /** Of everything that the environment was made from. */
  readonly key: string;
  readonly build: Build;
  /** True when a person chose the build with a flag; then it stays until they choose again. */
  readonly chosen: boolean;
  readonly versions: Versions;
}

const COMMANDS = ['tf2onnx', 'mnist-edge-onnx'] as const;

/**
 * The absolute path of a command of the Python environment.
 * @throws {Problem} when the environment is not there
 */
export function pythonTool(name: (typeof COMMANDS)[number], place = thisCheckout): string {
  const file = join(binFolder(place), name);
  if (readEnvironmentStamp(place) === null || !isExecutable(file)) {
    throw new Problem(`${name} is not installed here. Install it with: npx nx run tools:setup`);
  }
  return file;
}

/** The stamp of the environment, or null when there is no complete one. */
export function readEnvironmentStamp(place: Place): EnvironmentStamp | null {
  try {
    return JSON.parse(readFileSync(stampFile(place), 'utf8')) as EnvironmentStamp;
  } catch {
    return null;
  }
}

/** The stamp, if the environment is complete and is what the pinned versions ask for today. */
export async function currentEnvironment(build: Build, place: Place): Promise<EnvironmentStamp | null> {
  const stamp = readEnvironmentStamp(place);
  const complete =
    stamp?.key === (await environmentKey(build, place)) &&
    // A Python that was removed leaves a dangling link here.
    existsSync(environmentPython(place)) &&
    COMMANDS.every((name) => isExecutable(join(binFolder(place), name)));
  return complete ? stamp : null;
}

/** Installs the Python package and all that it needs with pipx, and writes the stamp. */
export async function installEnvironment(
  { build, chosen, python }: { build: Build; chosen: boolean; python: Python },
  { place, env, say, log }: { place: Place; env: Environment; say: Say; log: string },
): Promise<EnvironmentStamp> {
  await rm(stampFile(place), { force: true });
  const pipx = await needPipx(python, place, env, say, log);
  const options = { env: pipxEnvironment(place, env), log };
  const what = `TensorFlow (${build === 'cuda' ? 'CUDA' : 'CPU'} build), tf2onnx, onnx and onnxruntime for Python ${python.version}`;
  await step(say, `installing ${what}`, async () => {
    await rm(dirname(dirname(environmentPython(place))), { recursive: true, force: true });
    const [command, ...args] = pipx;
    // Editable: a change in mnist_edge_onnx counts at once, without installing TensorFlow again.
    const spec = ['--force', '--editable', '--python', python.command, `${place.source}[${build}]`];
    const outcome = await runChild(command, [...args, 'install', ...spec], options);
    if (outcome.code !== 0) throw stepFailed('installing the Python packages with pipx', outcome, log);
  });
  const asked = await runChild(join(binFolder(place), 'mnist-edge-onnx'), ['versions'], options);
  if (asked.code !== 0) throw stepFailed('asking the new environment for its versions', asked, log);
  const stamp: EnvironmentStamp = {
    key: await environmentKey(build, place),
    build,
    chosen,
    versions: JSON.parse(asked.output) as Versions,
  };
  await writeEnvironmentStamp(stamp, place);
  return stamp;
}

/** Says that the environment is complete. */
export async function writeEnvironmentStamp(stamp: EnvironmentStamp, place: Place): Promise<void> {
  await writeWhole(stampFile(place), `${JSON.stringify(stamp, null, 2)}\n`);
}

/** A hash of what the environment is made from: the pinned versions, the build, and the folders, which its files name. */
async function environmentKey(build: Build, place: Place): Promise<string> {
  const pinned = await readFile(join(place.source, 'pyproject.toml'), 'utf8');
  return createHash('sha256')
    .update(JSON.stringify([pinned, build, place.source, place.home]))
    .digest('hex');
}

function stampFile({ home }: Place): string {
  return join(home, 'environment.json');
}
