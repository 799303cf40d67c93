import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CoreList, shareCores, stayOn } from '@mnist-edge/command';
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
  /** How many the servers and the runs in process have, and whether the client has another one. */
  readonly cores: number;
  readonly apart: boolean;
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
  const shares = shareCores();
  const cores = shares?.serverCores ?? availableParallelism();
  const requests = {
    json: jsonRequest(model.bundle),
    1: binaryRequest(model.bundle, 1),
    128: binaryRequest(model.bundle, 128),
    // The same name, but encoded: only Express's router can tell.
    routed: binaryRequest(model.bundle, 1, encoded(model.bundle.name)),
  };
  const latency = { raw: [] as number[][], binary: [] as number[][], routed: [] as number[][], json: [] as number[][] };
  const rates = new Map<string, number[]>();
  const note = (key: string, rate: number) => rates.set(key, [...(rates.get(key) ?? []), rate]);

  // Whatever is started stays on the cores that this process is on at the time.
  const on = async <T>(cores: CoreList | undefined, act: () => Promise<T>): Promise<T> => {
    if (shares === null || cores === undefined) return act();
    stayOn(cores);
    try {
      return await act();
    } finally {
      stayOn(shares.client);
    }
  };
  const asServer = <T>(act: () => Promise<T>) => on(shares?.servers, act);
  // One connection: client and server take turns, on one core, so that nobody waits for a core to wake.
  const inTurns = <T>(act: () => Promise<T>) => on(shares?.firstServer, act);
  const one = await inTurns(() => startOurServer(modelDir));
  const all = await asServer(() => startOurServer(modelDir, ['--workers', String(cores)]));
  const peer = await asServer(() => startFastApi(join(modelDir, model.bundle.model), cores, say)).catch(
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );
  try {
    say('warming up');
    for (const { url } of [one, all]) {
      for (const request of Object.values(requests)) await leanLoad(url, request, { connections: 8, seconds });
    }
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      await inTurns(async () => {
        const alone = { connections: 1, seconds };
        latency.raw.push(await rawMicros(model, seconds));
        latency.binary.push([...(await leanLoad(one.url, requests[1], alone)).micros]);
        latency.routed.push([...(await leanLoad(one.url, requests.routed, alone)).micros]);
        latency.json.push([...(await leanLoad(one.url, requests.json, alone)).micros]);
      });
      for (const batch of [1, 128] as const) {
        note(`in ${batch}`, await asServer(() => inProcess(modelDir, batch, seconds, cores)));
        // As many at once as keep every process busy.
        const connections = cores * (batch === 1 ? 32 : 4);
        const load = await leanLoad(all.url, requests[batch], { connections, seconds });
        note(`http ${batch}`, (load.requests * batch) / load.seconds);
      }
      if (peer instanceof Problem) continue;
      const many = { connections: cores * 32, seconds };
      const ours = await leanLoad(all.url, requests.json, many);
      note('ours', ours.requests / ours.seconds);
      const theirs = await leanLoad(peer.url, jsonRequest(model.bundle, '/infer'), many);
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
    apart: shares !== null,
    latencies: [
      summary('session.run', latency.raw),
      summary('binary request', latency.binary),
      summary('the same by way of Express', latency.routed),
      summary('JSON request', latency.json),
    ],
    throughputs: [1, 128].map((batch) => ({ batch, http: rate(`http ${batch}`), inProcess: rate(`in ${batch}`) })),
    peer: peer instanceof Problem ? { why: peer.message } : { ours: rate('ours'), fastApi: rate('fastapi') },
  };
}

/** As Markdown. */
export function renderServing({ rounds, seconds, cores, apart, latencies, throughputs, peer }: Serving): string {
  const [raw] = latencies;
  return [
    `Medians of ${rounds} rounds of ${seconds} s each, in turn. Servers, and runs in process, have ${cores} ${cores === 1 ? 'core' : 'cores'}${apart ? ', the client another one' : ', shared with the client'}.`,
    `## One image, one connection, one process${apart ? ', client and server in turns on one core' : ''}`,
    table(
      ['', 'p50 µs', 'p99 µs', 'p50 above session.run'],
      latencies.map(({ what, p50, p99 }) => [what, short(p50), short(p99), short(p50 - raw!.p50)]),
    ),
    `## Images a second, binary, ${cores} ${cores === 1 ? 'process' : 'processes'}`,
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
function binaryRequest({ name, input }: Bundle, batch: number, path = name): Buffer {
  const tensor = Buffer.from(Float32Array.from({ length: batch * PIXELS }, (_, i) => ((i * 7919) % 256) / 255).buffer);
  const parameters = { binary_data_size: tensor.length };
  const json = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: input.name, datatype: 'FP32', shape: [batch, 28, 28, 1], parameters }],
    }),
  );
  const headers = { 'Inference-Header-Content-Length': json.length };
  return post(`/v2/models/${path}/infer`, headers, Buffer.concat([json, tensor]));
}

/** A name with its first letter percent-encoded. */
function encoded(name: string): string {
  return `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
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
