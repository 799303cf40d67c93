import cluster, { type Worker } from 'node:cluster';
import { setTimeout as wait } from 'node:timers/promises';
import { type Bundle, Problem } from '@mnist-edge/recognizer';
import type { Logger } from 'pino';
import { AggregatorRegistry } from 'prom-client';
import { Refusal } from '../http/refusal.ts';
import type { Settings } from '../settings.ts';
import { type Control, startAdmin } from './admin.ts';
import { MARK, type Order, type Report } from './messages.ts';

export interface Workers {
  readonly url: string;
  readonly grpc: string | null;
  readonly adminUrl: string | null;
  readonly bundle: Bundle;
  /** Tells all to finish their requests and end. */
  close(): Promise<void>;
}

/** How long the first process waits before it starts another in a dead one's place, at first and at most, in ms. */
const FIRST_WAIT = 50;
const LONGEST_WAIT = 5000;
/** One that served so long, in ms, did not die of its start: the next wait is the first again. */
const STABLE = 5000;
/** How long an order may take. */
const PATIENCE = 60_000;

/**
 * Starts `settings.workers` serving processes that share the ports, and starts another where one ends unasked. This
 * process serves nothing itself but the admin port.
 * @throws {Problem} when the first one ends before it serves; it has said why
 */
export async function startWorkers(settings: Settings, log: Logger): Promise<Workers> {
  const ready = new Map<Worker, Extract<Report, { kind: 'ready' }>>();
  const waiting = new Map<number, (report: Extract<Report, { kind: 'done' }>) => void>();
  let orders = 0;
  let stopping = false;

  // Each takes connections from the port itself. Where the first process deals them out (Node's default), one that it
  // was handing to a process that had just died is never answered nor closed: its client waits for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // The first one alone: what is wrong with the settings is then said once.
  const { url, grpc, bundle } = await start();
  await Promise.all(Array.from({ length: settings.workers - 1 }, () => start()));
  const aggregator = new AggregatorRegistry();
  const control: Control = {
    index: async () => (await order({ kind: 'index', id: 0 }, 'any'))[0]!.index,
    load: (name) => all({ kind: 'load', id: 0, name }),
    unload: (name) => all({ kind: 'unload', id: 0, name }),
    metrics: () => aggregator.clusterMetrics(),
  };
  const admin = await startAdmin(control, settings, log);
  return { url, grpc, adminUrl: admin?.url ?? null, bundle, close };

  /**
   * Starts one, and another in its place whenever it ends.
   * @param ended when the one ended in whose place this is, on `performance.now()`'s clock
   * @returns what it said once it served
   */
  function start(delay = FIRST_WAIT, ended?: number): Promise<Extract<Report, { kind: 'ready' }>> {
    return new Promise((resolve, reject) => {
      const worker = cluster.fork();
      const started = performance.now();
      worker.on('message', (message: { [MARK]?: Report }) => {
        const report = message?.[MARK];
        if (report?.kind === 'ready') {
          ready.set(worker, report);
          if (ended !== undefined) {
            const afterMs = Math.round(performance.now() - ended);
            log.info({ pid: worker.process.pid, afterMs }, 'a serving process took its place');
          }
          resolve(report);
        } else if (report?.kind === 'done') {
          waiting.get(report.id)?.(report);
          waiting.delete(report.id);
        }
      });
      worker.on('exit', (code, signal) => {
        const served = ready.delete(worker);
        if (stopping) return;
        if (!served && ready.size === 0) {
          reject(new Problem('The server could not be started; the reason is above.'));
          return;
        }
        const now = performance.now();
        const next = now - started > STABLE ? FIRST_WAIT : Math.min(2 * delay, LONGEST_WAIT);
        log.error({ pid: worker.process.pid, code, signal, restartMs: delay }, 'a serving process ended');
        void wait(delay).then(() => {
          if (!stopping) start(next, now).then(resolve, reject);
        });
      });
    });
  }

  /** Gives an order to every serving process, or to any one of them. */
  function order(what: Order, whom: 'all' | 'any'): Promise<readonly Extract<Report, { kind: 'done' }>[]> {
    const workers = [...ready.keys()].slice(0, whom === 'any' ? 1 : undefined);
    if (workers.length === 0) throw new Refusal(503, 'No process serves at the moment.', { 'Retry-After': '1' });
    return Promise.all(
      workers.map(
        (worker) =>
          new Promise<Extract<Report, { kind: 'done' }>>((resolve, reject) => {
            const id = ++orders;
            const gone = () => {
              waiting.delete(id);
              reject(new Refusal(503, 'A process ended before it had answered.', { 'Retry-After': '1' }));
            };
            const limit = setTimeout(gone, PATIENCE);
            worker.once('exit', gone);
            waiting.set(id, (report) => {
              clearTimeout(limit);
              worker.off('exit', gone);
              resolve(report);
            });
            worker.send({ [MARK]: { ...what, id } });
          }),
      ),
    );
  }

  async function all(what: Order): Promise<void> {
    for (const { refusal } of await order(what, 'all')) {
      if (refusal !== null) throw new Refusal(refusal.status, refusal.message);
    }
  }

  async function close(): Promise<void> {
    stopping = true;
    const ended = Object.values(cluster.workers ?? {}).map((worker) => {
      const exit = new Promise((resolve) => worker!.once('exit', resolve));
      worker!.process.kill('SIGTERM');
      return exit;
    });
    await Promise.all(ended);
    await admin?.close();
  }
}
