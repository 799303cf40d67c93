import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { artifacts } from '@mnist-edge/command';
import type { Split } from '@mnist-edge/data';
import { Problem } from '@mnist-edge/recognizer';
import { environmentPython, thisCheckout } from '@mnist-edge/tools';

/** An epoch's cost. */
export interface EpochCost {
  readonly seconds: number;
  /** Of all threads, in user and kernel mode: what the epoch costs where others use the machine too. */
  readonly cpuSeconds: number;
}

/** A trainer in Python: a script of this folder, and the Python that runs it. */
export interface PythonTrainer {
  readonly name: 'Keras' | 'PyTorch';
  readonly python: string;
  readonly script: string;
  /** What has to be done for it to be there. */
  readonly wayOut: string;
}

export const keras: PythonTrainer = {
  name: 'Keras',
  python: environmentPython(thisCheckout),
  script: 'train_keras.py',
  wayOut: 'npx nx run tools:setup',
};

/** In an environment of its own: on Linux it comes with CUDA, some 3 GB to download, so nothing else depends on it. */
export const pyTorch: PythonTrainer = {
  name: 'PyTorch',
  python: artifacts('pytorch', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'),
  script: 'train_torch.py',
  wayOut: 'npx nx run bench:pytorch',
};

/** One of them in a process of its own, with the tutorial model. */
export interface RunningTrainer {
  readonly version: string;
  /** Trains one epoch at a batch of 128. */
  epoch(): Promise<EpochCost>;
  stop(): Promise<void>;
}

/**
 * Starts a trainer with the images to train on.
 * @throws {Problem} when its Python is not there or it ends, with what it wrote
 */
export async function startPython(trainer: PythonTrainer, split: Split): Promise<RunningTrainer> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-peer-'));
  const files = [join(folder, 'images.bin'), join(folder, 'labels.bin')] as const;
  await Promise.all([writeFile(files[0], split.images), writeFile(files[1], split.labels)]);
  const script = join(import.meta.dirname, trainer.script);
  // The kernels that the trainer asks TensorFlow for (one-dnn.ts): a peer should not lose by others.
  const env = { TF_ENABLE_ONEDNN_OPTS: '1', ...process.env };
  const child = spawn(trainer.python, [script, ...files], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000);
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  const answer = async <T>(): Promise<T> => {
    const line = await lines.next();
    if (line.done !== true) return JSON.parse(line.value) as T;
    throw new Problem(
      `${trainer.name} ended: ${failure?.message ?? (words.trim() || 'it wrote nothing')}. Set it up: ${trainer.wayOut}`,
    );
  };
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && failure === undefined) {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { version } = await answer<{ version: string }>();
    return {
      version,
      epoch: () => {
        child.stdin.write('epoch\n');
        return answer<EpochCost>();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
