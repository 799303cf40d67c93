import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Split } from '@mnist-edge/data';
import { Problem } from '@mnist-edge/recognizer';
import { environmentPython, thisCheckout } from '@mnist-edge/tools';

/** An epoch's cost. */
export interface EpochCost {
  readonly seconds: number;
  /** Of all threads, in user and kernel mode: what the epoch costs where others use the machine too. */
  readonly cpuSeconds: number;
}

/** Keras in a process of its own, with the tutorial model. */
export interface Keras {
  readonly version: string;
  /** Trains one epoch at a batch of 128. */
  epoch(): Promise<EpochCost>;
  stop(): Promise<void>;
}

/**
 * Starts Keras with the images to train on.
 * @throws {Problem} when the Python environment is not there or Keras ends, with what it wrote
 */
export async function startKeras(split: Split): Promise<Keras> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-keras-'));
  const files = [join(folder, 'images.bin'), join(folder, 'labels.bin')] as const;
  await Promise.all([writeFile(files[0], split.images), writeFile(files[1], split.labels)]);
  const script = join(import.meta.dirname, 'train_keras.py');
  const child = spawn(environmentPython(thisCheckout), [script, ...files], { stdio: ['pipe', 'pipe', 'pipe'] });
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
      `Keras ended: ${failure?.message ?? (words.trim() || 'it wrote nothing')}. Set it up: npx nx run tools:setup`,
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
