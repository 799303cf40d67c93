import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { ModelSpec } from '../target.ts';
import { faultOf } from './check.ts';
import { type Connection, openConnection } from './connection.ts';
import { isFlat, percentile, residentMegabytes } from './memory.ts';
import { type FuzzRequest, wire } from './requests.ts';

export interface SoakOptions {
  readonly url: string;
  readonly child: ChildProcess;
  readonly model: ModelSpec;
  /** Sent in turn, over and over. */
  readonly requests: readonly FuzzRequest[];
  readonly seconds: number;
  readonly connections: number;
  readonly onSample?: (sample: SoakSample) => void;
}

/** What one stretch of the run was like. */
export interface SoakSample {
  readonly second: number;
  readonly answers: number;
  readonly p50: number;
  readonly p99: number;
  readonly megabytes: number;
}

export interface SoakReport {
  readonly answers: number;
  readonly faults: readonly string[];
  readonly samples: readonly SoakSample[];
  readonly flat: boolean;
}

const SAMPLES = 40;

/** Steady load for a time; what is watched is whether the server stays as it was. */
export async function soak({
  url,
  child,
  model,
  requests,
  seconds,
  connections,
  onSample,
}: SoakOptions): Promise<SoakReport> {
  const prepared = requests.map((request) => ({ request, bytes: wire(request) }));
  const faults: string[] = [];
  const samples: SoakSample[] = [];
  let latencies: number[] = [];
  let answers = 0;
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;

  async function work(connection: Connection, first: number): Promise<void> {
    for (let k = first; elapsed() < seconds && child.exitCode === null; k++) {
      const { request, bytes } = prepared[k % prepared.length]!;
      const began = performance.now();
      const answer = await connection.exchange(bytes);
      latencies.push(performance.now() - began);
      const fault = answer === null ? 'no answer' : faultOf(request, answer, model);
      if (fault !== null && faults.length < 100) faults.push(fault);
      answers++;
    }
    connection.close();
  }

  async function watch(): Promise<void> {
    for (let k = 1; k <= SAMPLES; k++) {
      await wait(Math.max(0, 1000 * ((seconds * k) / SAMPLES - elapsed())));
      const stretch = latencies;
      latencies = [];
      const sample = {
        second: Math.round(elapsed()),
        answers: stretch.length,
        p50: percentile(stretch, 0.5),
        p99: percentile(stretch, 0.99),
        megabytes: residentMegabytes(child.pid!),
      };
      samples.push(sample);
      onSample?.(sample);
    }
  }

  await Promise.all([watch(), ...Array.from({ length: connections }, (_, k) => work(openConnection(url), k))]);
  if (child.exitCode !== null) faults.push(`the server ended with ${child.exitCode}`);
  return { answers, faults, samples, flat: isFlat(samples.map(({ megabytes }) => megabytes)) };
}
