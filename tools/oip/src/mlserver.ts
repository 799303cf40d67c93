import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '@mnist-edge/recognizer';
import { pythonFolder } from './venv.ts';

/** How long MLServer may take to load the model, in ms. */
const PATIENCE = 90_000;

export interface MlServer {
  readonly url: string;
  /** host:port */
  readonly grpc: string;
  stop(): Promise<void>;
}

/**
 * Starts MLServer with the released model, on the ports of `python/mlserver/settings.json`.
 * @param bin the folder of the programs of its environment
 * @throws {Problem} with what it wrote, when it does not become ready
 */
export async function startMlServer(bin: string): Promise<MlServer> {
  const folder = join(pythonFolder, 'mlserver');
  const child = spawn(join(bin, 'mlserver'), ['start', '.'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  const listen = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await ended;
  };
  const url = 'http://127.0.0.1:4320';
  const giveUp = performance.now() + PATIENCE;
  for (;;) {
    const ready = await fetch(`${url}/v2/models/digits/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { url, grpc: '127.0.0.1:4321', stop };
    if (child.exitCode !== null || performance.now() > giveUp) {
      if (child.exitCode === null) await stop();
      throw new Problem(`MLServer did not become ready at ${url}. It wrote: ${words}`);
    }
    await wait(200);
  }
}
