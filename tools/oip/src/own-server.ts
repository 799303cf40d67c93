import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { shareCores, stayOn, workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import type { Repository } from './target.ts';

/** The key of the model repository; it is on 127.0.0.1, for as long as a test. */
const ADMIN_KEY = 'for-the-tests';
/** How long the server may take to be ready, in ms. */
const PATIENCE = 180_000;

/** This repository's own server, built, in a process of its own. */
export interface OwnServer {
  /** Such as http://127.0.0.1:41234. */
  readonly url: string;
  /** host:port, where it answers gRPC; null where it does not. */
  readonly grpc: string | null;
  /** Where metrics and the model repository are, with their key; null where they are not. */
  readonly repository: Repository | null;
  readonly child: ChildProcess;
  /** All it wrote so far. */
  output(): string;
  stop(): Promise<void>;
}

interface Manifest {
  readonly nx: {
    readonly targets: {
      readonly serve: { readonly command: string; readonly options: { readonly env: NodeJS.ProcessEnv } };
    };
  };
}

/**
 * Starts the built server as `npm start` does, with gRPC and the admin port, on free ports of 127.0.0.1.
 * @throws {Problem} with what it wrote, when it does not become ready
 */
export async function startOwnServer(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<OwnServer> {
  const folder = join(workspaceRoot, 'apps/server');
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { serve } = manifest.nx.targets;
  const [, ...command] = serve.command.split(/\s+/);
  const child = spawn(process.execPath, [...command, '--host', '127.0.0.1', '--port', '0', ...args], {
    cwd: folder,
    env: { ...process.env, ...serve.options.env, GRPC_PORT: '0', ADMIN_PORT: '0', ADMIN_KEY, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  const listen = (chunk: Buffer) => {
    words += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  };
  const giveUp = performance.now() + PATIENCE;
  for (;;) {
    const port = /http:\/\/localhost:(\d+)/.exec(words)?.[1];
    const url = `http://127.0.0.1:${port}`;
    if (port !== undefined && (await isReady(url))) return { url, ...others(words), child, output: () => words, stop };
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > giveUp) {
      await stop();
      throw new Problem(
        `The server did not become ready. It wrote: ${words || 'nothing'}. Build it: npx nx run server:build`,
      );
    }
    await wait(50);
  }
}

/**
 * The same on cores of its own, where there are two and `taskset`: a load must not take from the server what it measures.
 * This process, and what it starts from then on, is left on another core.
 */
export async function startApart(args: readonly string[] = []): Promise<OwnServer> {
  const shares = shareCores();
  if (shares === null) return startOwnServer(args);
  stayOn(shares.servers);
  try {
    return await startOwnServer(args);
  } finally {
    stayOn(shares.client);
  }
}

/** The further addresses that the server says at its start. */
function others(words: string): Pick<OwnServer, 'grpc' | 'repository'> {
  const [, grpc = null] = /gRPC at (\S+:\d+)/.exec(words) ?? [];
  const [, admin = null] = /metrics at (http:\/\/[^/\s]+)/.exec(words) ?? [];
  return { grpc, repository: admin === null ? null : { url: admin, key: ADMIN_KEY } };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/v2/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}
