import type { ChildProcess } from 'node:child_process';
import fc from 'fast-check';
import type { ModelSpec } from '../target.ts';
import { faultOf } from './check.ts';
import { openConnection } from './connection.ts';
import { isFlat, residentMegabytes } from './memory.ts';
import { type FuzzRequest, fuzzRequests, wire } from './requests.ts';

export interface FuzzOptions {
  readonly url: string;
  /** The server's process, whose memory and life are watched. */
  readonly child: ChildProcess;
  readonly model: ModelSpec;
  readonly pictures: readonly Buffer[];
  readonly requests: number;
  /** The same seed makes the same requests. */
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzReport {
  readonly requests: number;
  readonly seconds: number;
  /** How many answers there were of each status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** How many requests there were of each kind. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Connections that the server closed in the middle of a request, each answered when it was sent once more. */
  readonly reconnects: number;
  /** What was wrong, with the request; the first hundred. */
  readonly faults: readonly { readonly fault: string; readonly request: FuzzRequest }[];
  /** Resident memory, sampled at equal distances. */
  readonly megabytes: readonly number[];
  readonly flat: boolean;
  /** Whether the server still runs. */
  readonly alive: boolean;
}

const CONNECTIONS = 8;
/** Requests made of one seed, and between two looks at the memory for a run of a million. */
const CHUNK = 1000;
const SAMPLES = 40;

/** Sends generated requests over keep-alive connections, and checks every answer. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { url, child, model, pictures, requests, seed } = options;
  const arbitrary = fuzzRequests(model, pictures);
  const statuses = new Map<number, number>();
  const kinds = new Map<string, number>();
  const faults: { fault: string; request: FuzzRequest }[] = [];
  const megabytes: number[] = [];
  const every = Math.max(1, Math.floor(requests / SAMPLES));
  let queue: FuzzRequest[] = [];
  let made = 0;
  let done = 0;
  let reconnects = 0;

  const next = (): FuzzRequest | undefined => {
    if (queue.length === 0 && made < requests) {
      const numRuns = Math.min(CHUNK, requests - made);
      queue = fc.sample(arbitrary, { seed: seed + made / CHUNK, numRuns });
      made += numRuns;
    }
    return queue.pop();
  };
  const isAlive = () => child.exitCode === null && child.signalCode === null;

  async function work(): Promise<void> {
    const connection = openConnection(url);
    for (let request = next(); request !== undefined && isAlive(); request = next()) {
      const bytes = wire(request);
      const isHead = request.method === 'HEAD';
      let answer = await connection.exchange(bytes, isHead);
      if (answer === null) {
        reconnects++;
        answer = await connection.exchange(bytes, isHead);
      }
      kinds.set(request.kind, (kinds.get(request.kind) ?? 0) + 1);
      const fault = answer === null ? 'no answer, twice' : faultOf(request, answer, model);
      if (answer !== null) statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (fault !== null && faults.length < 100) faults.push({ fault, request });
      if (++done % every === 0) megabytes.push(residentMegabytes(child.pid!));
      if (done % CHUNK === 0) options.onProgress?.(done);
    }
    connection.close();
  }

  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  const seconds = (performance.now() - start) / 1000;
  const alive = isAlive();
  return { requests: done, seconds, statuses, kinds, reconnects, faults, megabytes, flat: isFlat(megabytes), alive };
}
