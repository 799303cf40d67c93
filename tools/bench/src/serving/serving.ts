import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Bundle, PIXELS, Problem } from '@mnist-edge/recognizer';
import type { RawModel } from '../model.ts';
import { inferRequest } from '../requests.ts';
import { startOurServer } from '../server.ts';
import { median, percentile } from '../statistics.ts';
import { short, table } from '../table.ts';
import { leanLoad, post } from './lean-client.ts';
import { startFastApi } from './peer.ts';

export interface Latency {
  readonly what: string;
  readonly p50: number;
  readonly p99: number;
}

export interface Throughput {
  readonly batch: number;
  readonly http: number;
  readonly inProcess: number;
}

export interface Serving {
  readonly rounds: number;
  readonly seconds: number;
  readonly cores: number;
  /** One connection; the first is `session.run` by itself. */
  readonly latencies: readonly Latency[];
  readonly throughputs: readonly Throughput[];
  /** Images a second of the same JSON; null where FastAPI could not be had, with why. */
  readonly peer: { readonly ours: number; readonly fastApi: number } | { readonly why: string };
}

const run = promisify(execFile);

/**
 * Measures the server beside what it is made of and beside its peer, a round of each in turn, so that whatever else the
 * machine does falls on all. Every figure is the median over the rounds.
 * @param seconds for each measurement of a round
 */
export async function measureServing(
  model: RawModel,
  modelDir: string,
  { rounds, seconds, say }: { rounds: number; seconds: number; say: (line: string) => void },
): Promise<Serving> {
  const cores = availableParallelism();
  const requests = {
    json: jsonRequest(model.bundle),
    1: binaryRequest(model.bundle, 1),
    128: binaryRequest(model.bundle, 128),
  };
  const latency = { raw: [] as number[][], binary: [] as number[][], json: [] as number[][] };
  const rates = new Map<string, number[]>();
  const note = (key: string, rate: number) => rates.set(key, [...(rates.get(key) ?? []), rate]);

  const one = await startOurServer(modelDir);
  const all = await startOurServer(modelDir, ['--workers', String(cores)]);
  const peer = await startFastApi(join(modelDir, model.bundle.model), say).catch((error: unknown) => {
    if (error instanceof Problem) return error;
    throw error;
  });
  try {
    for (const url of [one.url, all.url]) await leanLoad(url, requests[1], cores, Math.min(1, seconds));
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      latency.raw.push(await rawMicros(model, seconds));
      latency.binary.push([...(await leanLoad(one.url, requests[1], 1, seconds)).micros]);
      latency.json.push([...(await leanLoad(one.url, requests.json, 1, seconds)).micros]);
      for (const batch of [1, 128] as const) {
        note(`in ${batch}`, await inProcess(modelDir, batch, seconds, cores));
        // As many at once as keep every process busy.
        const load = await leanLoad(all.url, requests[batch], cores * (batch === 1 ? 16 : 4), seconds);
        note(`http ${batch}`, (load.requests * batch) / load.seconds);
      }
      if (peer instanceof Problem) continue;
      const ours = await leanLoad(all.url, requests.json, cores * 8, seconds);
      note('ours', ours.requests / ours.seconds);
      const theirs = await leanLoad(peer.url, jsonRequest(model.bundle, '/infer'), cores * 8, seconds);
      note('fastapi', theirs.requests / theirs.seconds);
    }
  } finally {
    await Promise.all([one.stop(), all.stop(), peer instanceof Problem ? undefined : peer.stop()]);
  }
  const rate = (key: string) => median(rates.get(key)!);
  const summary = (what: string, all: readonly (readonly number[])[]): Latency => ({
    what,
    p50: median(all.map(median)),
    p99: median(all.map((micros) => percentile(micros, 99))),
  });
  return {
    rounds,
    seconds,
    cores,
    latencies: [
      summary('session.run', latency.raw),
      summary('binary request', latency.binary),
      summary('JSON request', latency.json),
    ],
    throughputs: [1, 128].map((batch) => ({ batch, http: rate(`http ${batch}`), inProcess: rate(`in ${batch}`) })),
    peer: peer instanceof Problem ? { why: peer.message } : { ours: rate('ours'), fastApi: rate('fastapi') },
  };
}

/** As Markdown. */
export function renderServing({ rounds, seconds, cores, latencies, throughputs, peer }: Serving): string {
  const [raw] = latencies;
  return [
    `Medians of ${rounds} rounds of ${seconds} s each, in turn; ${cores} cores, shared by servers and client.`,
    '## One image, one connection, one process',
    table(
      ['', 'p50 µs', 'p99 µs', 'p50 above session.run'],
      latencies.map(({ what, p50, p99 }) => [what, short(p50), short(p99), short(p50 - raw!.p50)]),
    ),
    `## Images a second, binary, ${cores} processes`,
    table(
      ['batch', 'over HTTP', 'in process', 'ratio'],
      throughputs.map(({ batch, http, inProcess }) => [
        String(batch),
        short(http),
        short(inProcess),
        short(http / inProcess),
      ]),
    ),
    '## One image as JSON, beside FastAPI and onnxruntime',
    'why' in peer
      ? `Not measured: ${peer.why}`
      : table(
          ['', 'images/s'],
          [
            ['mnist-edge', short(peer.ours)],
            ['FastAPI, uvicorn, one worker a core', short(peer.fastApi)],
            ['ratio', short(peer.ours / peer.fastApi)],
          ],
        ),
  ].join('\n\n');
}

function jsonRequest(bundle: Bundle, path?: string): Buffer {
  const request = inferRequest(bundle);
  return post(path ?? request.path, request.headers, Buffer.from(request.body));
}

/** Binary both ways. */
function binaryRequest({ name, input }: Bundle, batch: number): Buffer {
  const tensor = Buffer.from(Float32Array.from({ length: batch * PIXELS }, (_, i) => ((i * 7919) % 256) / 255).buffer);
  const parameters = { binary_data_size: tensor.length };
  const json = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: input.name, datatype: 'FP32', shape: [batch, 28, 28, 1], parameters }],
    }),
  );
  const headers = { 'Inference-Header-Content-Length': json.length };
  return post(`/v2/models/${name}/infer`, headers, Buffer.concat([json, tensor]));
}

async function rawMicros(model: RawModel, seconds: number): Promise<number[]> {
  const micros: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const started = performance.now();
    await model.run(1);
    micros.push((performance.now() - started) * 1000);
  }
  return micros;
}

/** Images a second of as many processes as there are cores, at once. */
async function inProcess(modelDir: string, batch: number, seconds: number, processes: number): Promise<number> {
  const file = join(import.meta.dirname, 'in-process.ts');
  const args = ['--import', import.meta.resolve('tsx'), file, modelDir, String(batch), String(seconds)];
  const outputs = await Promise.all(Array.from({ length: processes }, () => run(process.execPath, args)));
  return outputs.reduce(
    (sum, { stdout }) => sum + (JSON.parse(stdout) as { imagesPerSecond: number }).imagesPerSecond,
    0,
  );
}
