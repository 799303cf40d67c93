import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '@mnist-edge/recognizer';
import { median, percentile } from '../statistics.ts';
import { leanLoad } from './lean-client.ts';

const run = promisify(execFile);

/** Microseconds of a round, over one connection. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** One connection, one request at a time. */
export interface LoneClient {
  /** As the report calls it. */
  readonly name: string;
  /** @param request a whole HTTP/1.1 request @throws {Problem} when an answer is not a success */
  latency(url: string, request: Buffer, seconds: number): Promise<Latency>;
}

/**
 * wrk where there is one (Debian: `apt-get install wrk`): with one connection, the client takes turns with the server on
 * the same core, and what one in Node does there, and drives out of the caches, is a good part of what is measured.
 */
export async function loneClient(): Promise<LoneClient> {
  const hasWrk = await run('wrk', ['--version']).then(
    () => true,
    // It exits with 1 after it has told its version.
    ({ code }: { code: unknown }) => code === 1,
  );
  return hasWrk ? { name: 'wrk', latency: byWrk } : { name: 'a client in Node (no wrk)', latency: byNode };
}

async function byNode(url: string, request: Buffer, seconds: number): Promise<Latency> {
  return latencyOf((await leanLoad(url, request, { connections: 1, seconds })).micros);
}

export function latencyOf(micros: readonly number[]): Latency {
  return { p50: median(micros), p99: percentile(micros, 99) };
}

async function byWrk(url: string, request: Buffer, seconds: number): Promise<Latency> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-wrk-'));
  try {
    const file = join(folder, 'request');
    await writeFile(file, request);
    const script = join(import.meta.dirname, 'wrk.lua');
    const { stdout } = await run('wrk', ['-t1', '-c1', `-d${seconds}s`, '-s', script, url, '--', file]);
    const line = stdout.trim().split('\n').at(-1)!;
    const { p50, p99, requests, failed } = JSON.parse(line) as Latency & Record<'requests' | 'failed', number>;
    if (failed > 0 || requests === 0) throw new Problem(`Of ${requests} requests to ${url}, ${failed} failed.`);
    return { p50, p99 };
  } finally {
    await rm(folder, { recursive: true });
  }
}
