import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { artifacts } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { freePort } from '../child.ts';

const run = promisify(execFile);

export interface Peer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts FastAPI with uvicorn, in a virtual environment of its own that is made where it is missing.
 * @param model path of the ONNX file
 * @param workers processes; uvicorn advises one a core
 * @throws {Problem} when it cannot be installed or does not answer
 */
export async function startFastApi(model: string, workers: number, say: (line: string) => void): Promise<Peer> {
  const python = await environment(say);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['-m', 'uvicorn', 'fastapi_peer:app', '--port', String(port), '--workers', String(workers)];
  const child = spawn(python, [...args, '--no-access-log', '--log-level', 'warning'], {
    cwd: import.meta.dirname,
    env: { ...process.env, MODEL: model, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000);
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  };
  const giveUp = performance.now() + 60_000;
  for (;;) {
    const ready = await fetch(`${url}/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { url, stop };
    if (child.exitCode !== null || performance.now() > giveUp) {
      await stop();
      throw new Problem(`FastAPI did not answer at ${url}. It wrote: ${words.trim() || 'nothing'}`);
    }
    await wait(100);
  }
}

/** @returns the environment's python */
async function environment(say: (line: string) => void): Promise<string> {
  const requirements = join(import.meta.dirname, 'fastapi_peer.txt');
  const wanted = await readFile(requirements, 'utf8');
  const folder = artifacts('bench-fastapi');
  const stamp = join(folder, 'installed.txt');
  const python = join(folder, 'bin/python');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return python;
  say(`installing FastAPI in ${folder}`);
  await rm(folder, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  } catch (error) {
    throw new Problem(
      `FastAPI could not be installed: ${(error as Error).message.slice(-800)}. It needs Python 3.11 with venv and pip.`,
    );
  }
  await writeFile(stamp, wanted);
  return python;
}
