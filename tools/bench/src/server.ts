import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { type ChildServer, startChildServer } from './child.ts';
import { measureInference } from './inference.ts';
import { type LoadResult, load, type Request } from './load.ts';
import type { RawModel } from './model.ts';
import { inferRequest } from './requests.ts';
import { nodeFlags } from './serve-command.ts';

export const CONNECTIONS = [1, 10] as const;

/** Our server beside the least that HTTP and the least that the model can cost, one image a request. */
export interface ServerSpeed {
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly server: readonly LoadResult[];
  /** A `node:http` server that answers a constant as long as ours. */
  readonly bareHttp: readonly LoadResult[];
  /** `session.run` alone, one after another in one process. */
  readonly rawRun: { readonly runsPerSecond: number; readonly p50Micros: number; readonly p99Micros: number };
}

interface Manifest {
  readonly nx: { readonly targets: { readonly serve: ServeTarget } };
}
interface ServeTarget {
  readonly command: string;
  readonly options: { readonly env: Readonly<Record<string, string>> };
}

/** The server as `npm start` runs it: the built file, with the same flags and variables, in a process of its own. */
export async function startOurServer(modelDir: string, flags: readonly string[] = []): Promise<ChildServer> {
  const folder = join(workspaceRoot, 'apps/server');
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { command, options } = manifest.nx.targets.serve;
  return startChildServer(
    [...nodeFlags(command), join(folder, 'dist/main.js')],
    ['--host', '127.0.0.1', '--model-dir', modelDir, ...flags],
    '/v2/health/ready',
    options.env,
  );
}

/**
 * A `node:http` server that answers a constant of so many bytes, in a process of its own.
 * @param modelDir a bundle whose model runs before it answers
 */
export function startBareHttp(bytes: number, modelDir?: string): Promise<ChildServer> {
  const file = join(import.meta.dirname, 'bare-http/main.ts');
  return startChildServer(
    ['--import', import.meta.resolve('tsx'), file],
    ['--bytes', String(bytes), ...(modelDir === undefined ? [] : ['--model-dir', modelDir])],
    '/',
  );
}

/** @param seconds for each server and each number of connections, after a fifth of it to warm up */
export async function measureServer(model: RawModel, modelDir: string, seconds: number): Promise<ServerSpeed> {
  const request = inferRequest(model.bundle);
  const ours = await startOurServer(modelDir);
  try {
    const answerBytes = await answerLength(ours.url, request);
    const bare = await startBareHttp(answerBytes);
    try {
      const server: LoadResult[] = [];
      const bareHttp: LoadResult[] = [];
      // In turn, so that whatever else the machine does falls on both.
      for (const connections of CONNECTIONS) {
        server.push(await measure(ours.url, request, connections, seconds));
        bareHttp.push(await measure(bare.url, request, connections, seconds));
      }
      const { medianMicros, p99Micros, imagesPerSecond } = await measureInference(model, 1, seconds);
      return {
        requestBytes: Buffer.byteLength(request.body),
        answerBytes,
        server,
        bareHttp,
        rawRun: { runsPerSecond: imagesPerSecond, p50Micros: medianMicros, p99Micros },
      };
    } finally {
      await bare.stop();
    }
  } finally {
    await ours.stop();
  }
}

async function measure(url: string, request: Request, connections: number, seconds: number): Promise<LoadResult> {
  await load(url, [request], connections, { seconds: seconds / 5 });
  return load(url, [request], connections, { seconds });
}

async function answerLength(url: string, { path, method, headers, body }: Request): Promise<number> {
  const response = await fetch(`${url}${path}`, { method, headers: { ...headers }, body: body.toString() });
  const answer = await response.text();
  if (!response.ok) throw new Problem(`The server answered ${response.status} to an inference request: ${answer}`);
  return Buffer.byteLength(answer);
}
