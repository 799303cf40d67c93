import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CoreList, shareCores, stayOn } from '@mnist-edge/command';
import { type Bundle, PIXELS, Problem, toTensor } from '@mnist-edge/recognizer';
import type { RawModel } from '../model.ts';
import { inferRequest } from '../requests.ts';
import { startBareHttp, startOurServer } from '../server.ts';
import { median } from '../statistics.ts';
import { short, table } from '../table.ts';
import { leanLoad, post } from './lean-client.ts';
import { type Latency, latencyOf, loneClient } from './lone-client.ts';
import { startFastApi } from './peer.ts';

/** What a request brings: a byte of grey an image's pixel, or the number that the net reads, in four. */
type Datatype = 'UINT8' | 'FP32';

interface Load {
  readonly batch: number;
  readonly datatype: Datatype;
}

const LOADS = [
  { batch: 1, datatype: 'FP32' },
  { batch: 128, datatype: 'FP32' },
  { batch: 128, datatype: 'UINT8' },
] as const satisfies readonly Load[];

/** What is measured in turn, within one round; rates are images a second. */
export interface Round {
  readonly raw: Latency;
  /** A `node:http` server that reads the binary request and answers a constant as long as ours: what HTTP alone costs. */
  readonly bare: Latency;
  /** The same, which runs the model besides, and nothing else: what no server in Node can be faster than. */
  readonly floor: Latency;
  readonly binary: Latency;
  readonly routed: Latency;
  readonly json: Latency;
  readonly throughputs: readonly (Load & { readonly http: number; readonly inProcess: number })[];
  /** The same JSON; null where FastAPI could not be had. */
  readonly peer: { readonly ours: number; readonly fastApi: number } | null;
}

export interface Serving {
  readonly seconds: number;
  /** How many the servers and the runs in process have, and whether the client has another one. */
  readonly cores: number;
  readonly apart: boolean;
  /** What sent the requests over one connection. */
  readonly client: string;
  readonly rounds: readonly Round[];
  /** Why FastAPI could not be had; null where it was. */
  readonly noPeer: string | null;
}

const run = promisify(execFile);
/** About as many as a binary answer's body has. */
const ANSWER_BYTES = 320;

/**
 * Measures the server beside what it is made of and beside its peer, a round of each in turn. What is claimed are the
 * differences and ratios within a round, so that whatever else the machine does then falls on both.
 * @param seconds for each measurement of a round
 */
export async function measureServing(
  model: RawModel,
  modelDir: string,
  { rounds, seconds, say }: { rounds: number; seconds: number; say: (line: string) => void },
): Promise<Serving> {
  const client = await loneClient();
  const shares = shareCores();
  const cores = shares?.serverCores ?? availableParallelism();
  const requests = {
    json: jsonRequest(model.bundle),
    binary: binaryRequest(model.bundle, LOADS[0]),
    // The same name, but encoded: only Express's router can tell.
    routed: binaryRequest(model.bundle, LOADS[0], encoded(model.bundle.name)),
  };
  const loads = LOADS.map((load) => ({ ...load, request: binaryRequest(model.bundle, load) }));

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
  const bare = await inTurns(() => startBareHttp(ANSWER_BYTES));
  const floor = await inTurns(() => startBareHttp(ANSWER_BYTES, modelDir));
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
      for (const request of [requests.json, requests.routed, ...loads.map((load) => load.request)])
        await leanLoad(url, request, { connections: 8, seconds });
    }
    for (const { url } of [bare, floor]) await leanLoad(url, requests.binary, { connections: 8, seconds });
    const measured: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      const latencies = await inTurns(async () => {
        const alone = (request: Buffer, url = one.url) => client.latency(url, request, seconds);
        return {
          raw: latencyOf(await rawMicros(model, seconds)),
          bare: await alone(requests.binary, bare.url),
          floor: await alone(requests.binary, floor.url),
          binary: await alone(requests.binary),
          routed: await alone(requests.routed),
          json: await alone(requests.json),
        };
      });
      const throughputs = [];
      for (const { request, ...load } of loads) {
        const { batch } = load;
        const inProcess = await asServer(() => imagesInProcess(modelDir, batch, seconds, cores));
        // As many at once as keep every process busy.
        const connections = cores * (batch === 1 ? 32 : 4);
        const done = await leanLoad(all.url, request, { connections, seconds });
        throughputs.push({ ...load, http: (done.requests * batch) / done.seconds, inProcess });
      }
      measured.push({ ...latencies, throughputs, peer: peer instanceof Problem ? null : await besidePeer(peer.url) });
    }
    const noPeer = peer instanceof Problem ? peer.message : null;
    return { seconds, cores, apart: shares !== null, client: client.name, rounds: measured, noPeer };
  } finally {
    await Promise.all([
      one.stop(),
      bare.stop(),
      floor.stop(),
      all.stop(),
      peer instanceof Problem ? undefined : peer.stop(),
    ]);
  }

  async function besidePeer(url: string): Promise<Round['peer']> {
    const many = { connections: cores * 32, seconds };
    const ours = await leanLoad(all.url, requests.json, many);
    const theirs = await leanLoad(url, jsonRequest(model.bundle, '/infer'), many);
    return { ours: ours.requests / ours.seconds, fastApi: theirs.requests / theirs.seconds };
  }
}

/** As Markdown. */
export function renderServing({ seconds, cores, apart, client, rounds, noPeer }: Serving): string {
  const of = (value: (round: Round) => number) => rounds.map(value);
  const middle = (values: readonly number[]) => short(median(values));
  const range = (values: readonly number[]) => `${short(Math.min(...values))} – ${short(Math.max(...values))}`;
  const latency = (what: string, key: 'raw' | 'bare' | 'floor' | 'binary' | 'routed' | 'json') => {
    const above = of((round) => round[key].p50 - round.raw.p50);
    const p50 = of((round) => round[key].p50);
    return [what, middle(p50), middle(of((round) => round[key].p99)), middle(above), range(above)];
  };
  const throughput = ({ batch, datatype }: Load, index: number) => {
    const all = rounds.map(({ throughputs }) => throughputs[index]!);
    const ratios = all.map(({ http, inProcess }) => http / inProcess);
    const [http, inProcess] = [all.map((one) => one.http), all.map((one) => one.inProcess)];
    return [String(batch), datatype, middle(http), middle(inProcess), middle(ratios), range(ratios)];
  };
  const peers = rounds.flatMap(({ peer }) => peer ?? []);
  const ratios = peers.map(({ ours, fastApi }) => ours / fastApi);
  return [
    `Medians of ${rounds.length} rounds of ${seconds} s each, in turn, of what differs within a round, and from the lowest to the highest of them. Servers, and runs in process, have ${cores} ${cores === 1 ? 'core' : 'cores'}${apart ? ', the client another one' : ', shared with the client'}.`,
    `## One image, one connection, one process${apart ? `, client (${client}) and server in turns on one core` : `, client: ${client}`}`,
    table(
      ['', 'p50 µs', 'p99 µs', 'p50 above session.run', 'rounds'],
      [
        latency('session.run', 'raw'),
        latency('node:http alone, a constant', 'bare'),
        latency('node:http and session.run alone', 'floor'),
        latency('binary request', 'binary'),
        latency('the same by way of Express', 'routed'),
        latency('JSON request', 'json'),
      ],
    ),
    `## Images a second, binary, ${cores} ${cores === 1 ? 'process' : 'processes'}`,
    table(['batch', 'datatype', 'over HTTP', 'in process', 'ratio', 'rounds'], LOADS.map(throughput)),
    '## One image as JSON, beside FastAPI and onnxruntime',
    noPeer === null
      ? table(
          ['mnist-edge, images/s', 'FastAPI, uvicorn, one worker a core', 'ratio', 'rounds'],
          [
            [
              middle(peers.map(({ ours }) => ours)),
              middle(peers.map(({ fastApi }) => fastApi)),
              middle(ratios),
              range(ratios),
            ],
          ],
        )
      : `Not measured: ${noPeer}`,
  ].join('\n\n');
}

function jsonRequest(bundle: Bundle, path?: string): Buffer {
  const request = inferRequest(bundle);
  return post(path ?? request.path, request.headers, Buffer.from(request.body));
}

/** Binary both ways. */
function binaryRequest({ name, input }: Bundle, { batch, datatype }: Load, path = name): Buffer {
  const greys = Uint8Array.from({ length: batch * PIXELS }, (_, i) => (i * 7919) % 256);
  const tensor = datatype === 'UINT8' ? Buffer.from(greys) : Buffer.from(toTensor(greys).buffer);
  const parameters = { binary_data_size: tensor.length };
  const json = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: input.name, datatype, shape: [batch, 28, 28, 1], parameters }],
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
async function imagesInProcess(modelDir: string, batch: number, seconds: number, processes: number): Promise<number> {
  const file = join(import.meta.dirname, 'in-process.ts');
  const args = ['--import', import.meta.resolve('tsx'), file, modelDir, String(batch), String(seconds)];
  const outputs = await Promise.all(Array.from({ length: processes }, () => run(process.execPath, args)));
  return outputs.reduce(
    (sum, { stdout }) => sum + (JSON.parse(stdout) as { imagesPerSecond: number }).imagesPerSecond,
    0,
  );
}
