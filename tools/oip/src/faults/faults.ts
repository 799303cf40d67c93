import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '@mnist-edge/recognizer';
import { openConnection } from '../load/connection.ts';
import { isFlat, parentOf, residentMegabytes } from '../load/memory.ts';
import { type OwnServer, startApart } from '../own-server.ts';
import { judge, type Steady, startLoad } from './steady.ts';

/** Connections of the load, each with one request under way. */
const CONNECTIONS = 8;

export interface Kills extends Steady {
  readonly kills: number;
  /** For each, ms until the process that took the dead one's place served. */
  readonly backMs: readonly number[];
}

/**
 * Kills one of two serving processes again and again, under load. Only what it had under way may be lost, and nothing
 * may be answered wrongly.
 * @param request a good inference request with a binary answer
 */
export async function killWorkers(request: Buffer, kills: number, everyMs: number): Promise<Kills> {
  return withServer(['--workers', '2'], async (server) => {
    const load = startLoad({
      url: server.url,
      request,
      faultOf: await judge(server.url, request),
      connections: CONNECTIONS,
    });
    const times = () => logged(server, 'a serving process took its place').map(({ afterMs }) => Number(afterMs));
    for (let k = 0; k < kills; k++) {
      await wait(everyMs);
      const serving = childrenOf(server.child.pid!);
      process.kill(serving[k % serving.length]!, 'SIGKILL');
      // One that is killed before it serves has taken nobody's place.
      await until(() => times().length > k, 'a killed process to be replaced');
    }
    return { kills, backMs: times(), ...(await load.stop()) };
  });
}

export interface Reloads extends Steady {
  readonly reloads: number;
  readonly megabytes: readonly number[];
  readonly flat: boolean;
}

/** Puts new versions of the model in the served folder and has them loaded, under load. @param modelDir a bundle */
export async function reloadModels(request: Buffer, reloads: number, modelDir: string): Promise<Reloads> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-reload-'));
  await cp(modelDir, folder, { recursive: true });
  const bundle = JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8'));
  const flags = ['--model-dir', folder, '--model-poll', '0'];
  return withServer(flags, async ({ url, repository, child }) => {
    const load = startLoad({ url, request, faultOf: await judge(url, request), connections: CONNECTIONS });
    const megabytes: number[] = [];
    for (let k = 1; k <= reloads; k++) {
      const version = `9.0.${k}`;
      await writeFile(join(folder, 'next.json'), JSON.stringify({ ...bundle, version }));
      await rename(join(folder, 'next.json'), join(folder, 'bundle.json'));
      const loaded = await fetch(`${repository!.url}/v2/repository/models/digits/load`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${repository!.key}` },
      });
      const metadata = (await (await fetch(`${url}/v2/models/digits`)).json()) as { versions: string[] };
      if (!loaded.ok || metadata.versions[0] !== version) {
        throw new Problem(`Reload ${k} was answered ${loaded.status}; ${metadata.versions[0]} serves.`);
      }
      megabytes.push(residentMegabytes(child.pid!));
    }
    return { reloads, megabytes, flat: isFlat(megabytes), ...(await load.stop()) };
  }).finally(() => rm(folder, { recursive: true }));
}

export interface Drains {
  readonly drains: number;
  readonly answers: number;
  /** Requests that the server had begun to answer, or had on a connection that it kept, and that got no answer. */
  readonly dropped: number;
  readonly wrong: readonly string[];
  /** Exit codes of the servers. */
  readonly codes: readonly (number | null)[];
}

/**
 * Ends servers by SIGTERM in the middle of a load. Every request on a connection that was open by then must be
 * answered; a connection that is refused was never taken.
 */
export async function terminate(request: Buffer, drains: number, workers: number): Promise<Drains> {
  let [answers, dropped] = [0, 0];
  const wrong: string[] = [];
  const codes: (number | null)[] = [];
  for (let k = 0; k < drains; k++) {
    await withServer(['--workers', String(workers)], async (server) => {
      const faultOf = await judge(server.url, request);
      let stopped = false;
      const all = Promise.all(
        Array.from({ length: CONNECTIONS }, async () => {
          const connection = openConnection(server.url);
          for (;;) {
            const answer = await connection.exchange(request);
            if (answer === null) {
              dropped++;
              break;
            }
            answers++;
            const fault = faultOf(answer);
            if (fault !== null) wrong.push(fault);
            // It says that it takes no more on this connection; before the signal it never does.
            if (answer.headers.get('connection') === 'close') break;
            if (!stopped && server.child.exitCode !== null) break;
          }
          connection.close();
        }),
      );
      await wait(500 + 37 * (k % 10));
      await server.stop();
      stopped = true;
      await all;
      codes.push(server.child.exitCode);
    });
  }
  return { drains, answers, dropped, wrong, codes };
}

export interface Slow {
  readonly sockets: number;
  /** The same load without and with them, in turn: ms. */
  readonly alone: readonly Steady[];
  readonly beside: readonly Steady[];
}

/** Holds connections open that send a byte now and then, and looks at what others notice of it. */
export async function besideSlow(
  request: Buffer,
  sockets: number,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Slow> {
  return withServer([], async ({ url }) => {
    const faultOf = await judge(url, request);
    const measure = async () => {
      const load = startLoad({ url, request, faultOf, connections: 4, pause: 5 });
      await wait(1000 * seconds);
      return load.stop();
    };
    await measure();
    const [alone, beside]: [Steady[], Steady[]] = [[], []];
    for (let k = 0; k < rounds; k++) {
      alone.push(await measure());
      const slow = await openSlow(url, request, sockets);
      beside.push(await measure());
      await slow.close();
      await wait(500);
    }
    return { sockets, alone, beside };
  });
}

/** Slow sockets, in a process of their own: they must not slow down the load that looks for their effect. */
async function openSlow(url: string, request: Buffer, count: number): Promise<{ close(): Promise<void> }> {
  const file = join(import.meta.dirname, 'slow-sockets.ts');
  const args = ['--import', import.meta.resolve('tsx'), file, url, String(count), request.toString('base64')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [word] = await Promise.race([once(child.stdout, 'data'), ended]);
  if (String(word) !== 'open\n') throw new Problem(`The slow sockets could not be opened: ${word}.`);
  return {
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function withServer<T>(flags: readonly string[], act: (server: OwnServer) => Promise<T>): Promise<T> {
  const server = await startApart(['--log-level', 'info', ...flags]);
  try {
    return await act(server);
  } finally {
    await server.stop();
  }
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return all.filter((each) => parentOf(each) === pid);
}

/** Lines of the server's log with this message. */
function logged(server: OwnServer, message: string): Record<string, unknown>[] {
  return server
    .output()
    .split('\n')
    .filter((line) => line.includes(`"msg":"${message}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const giveUp = performance.now() + 60_000;
  while (!isSo()) {
    if (performance.now() > giveUp) throw new Problem(`Waited a minute for ${what}.`);
    await wait(20);
  }
}
