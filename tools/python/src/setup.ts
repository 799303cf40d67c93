import { statfsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSystemError, shown } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { buildBinding, isBindingCurrent, needCompiler } from './binding.ts';
import type { Environment } from './child.ts';
import {
  type Build,
  currentEnvironment,
  type EnvironmentStamp,
  installEnvironment,
  readEnvironmentStamp,
  writeEnvironmentStamp,
} from './environment.ts';
import { findGpus } from './gpu.ts';
import { withLock } from './lock.ts';
import { type Place, thisCheckout } from './place.ts';
import { findPython } from './python.ts';
import type { Say } from './step.ts';

export interface SetupOptions {
  /** Which TensorFlow; left out: what was chosen before, else CUDA where an NVIDIA GPU is found. */
  readonly build?: Build | undefined;
  /** A Python to use instead of the first that fits on PATH. */
  readonly python?: string | undefined;
  readonly place?: Place;
  readonly env?: Environment;
  /** Where its lines go: one as each long step begins and ends, two at the end. */
  readonly say: Say;
}

/** Free disk space that each build needs while it is installed, in GB; afterwards 1.7 and 6.4 were measured. */
const SPACE: Record<Build, number> = { cpu: 3, cuda: 9 };

/**
 * Makes the Python environment and the native TensorFlow binding, each only where it is not there as it should be.
 * @throws {Problem} for whatever a person can mend: no fitting Python, no network, no compiler, a full disk
 */
export async function setup(options: SetupOptions): Promise<void> {
  const { place = thisCheckout, env = process.env, say } = options;
  if (process.platform !== 'linux') {
    throw new Problem(
      `Training and export are set up on Linux only; this is ${process.platform}. ` +
        'Use a Linux machine, a container or WSL 2. The server and the web page need none of this and run everywhere.',
    );
  }
  const log = join(place.home, 'setup.log');
  try {
    await mkdir(place.home, { recursive: true });
    await withLock(join(place.home, 'setup.lock'), say, async () => {
      const environment = await needEnvironment(options, { place, env, say, log });
      const { versions } = environment;
      const current = await isBindingCurrent(versions, place);
      if (!current) {
        needCompiler(place, env);
        await buildBinding(versions, { place, env, say, log });
      }
      say(describe(environment));
      say(`native binding: ready, linked to TensorFlow ${versions.tensorflow} (in ${shown(place.tfjs)})`);
    });
  } catch (error) {
    throw describeSystemError(error, `setting up ${shown(place.home)}`);
  }
}

interface Surroundings {
  readonly place: Place;
  readonly env: Environment;
  readonly say: Say;
  readonly log: string;
}

async function needEnvironment(options: SetupOptions, around: Surroundings): Promise<EnvironmentStamp> {
  const { place, env, say } = around;
  const { build, chosen } = chooseBuild(options.build, readEnvironmentStamp(place), () => findGpus(env).length > 0);
  const current = await currentEnvironment(build, place);
  const named = options.python === undefined ? null : findPython(env, options.python);
  if (current !== null && (named === null || named.version === current.versions.python)) {
    const stamp = { ...current, chosen };
    if (chosen !== current.chosen) await writeEnvironmentStamp(stamp, place);
    return stamp;
  }
  const python = named ?? findPython(env);
  needCompiler(place, env);
  needSpace(build, place);
  say(
    `This takes a minute or two and about ${SPACE[build]} GB in ${shown(place.home)}; nothing is installed outside the checkout.`,
  );
  return installEnvironment({ build, chosen, python }, around);
}

/** A flag decides, then an earlier flag, then whether there is a GPU. */
export function chooseBuild(
  asked: Build | undefined,
  stamp: Pick<EnvironmentStamp, 'build' | 'chosen'> | null,
  hasGpu: () => boolean,
): { build: Build; chosen: boolean } {
  if (asked !== undefined) return { build: asked, chosen: true };
  if (stamp?.chosen) return { build: stamp.build, chosen: true };
  return { build: hasGpu() ? 'cuda' : 'cpu', chosen: false };
}

function needSpace(build: Build, { home }: Place): void {
  const { bavail, bsize } = statfsSync(home);
  const free = (bavail * bsize) / 1e9;
  if (free < SPACE[build]) {
    throw new Problem(
      `The Python environment needs about ${SPACE[build]} GB, and the disk of ${home} has ${free.toFixed(1)} GB free. ` +
        `Free some space and run the same command again${build === 'cuda' ? ', or take the CPU build with --cpu' : ''}.`,
    );
  }
}

function describe({ build, versions }: EnvironmentStamp): string {
  const { python, tensorflow, tf2onnx, onnx, onnxruntime } = versions;
  const kind = build === 'cuda' ? 'CUDA' : 'CPU';
  return `Python environment: ready, Python ${python}, TensorFlow ${tensorflow} (${kind}), tf2onnx ${tf2onnx}, onnx ${onnx}, onnxruntime ${onnxruntime}`;
}
