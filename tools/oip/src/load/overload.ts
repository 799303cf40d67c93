import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, openConnection } from './connection.ts';
import { percentile } from './memory.ts';
import { type FuzzRequest, wire } from './requests.ts';

export interface OverloadOptions {
  readonly url: string;
  /** A good request. */
  readonly request: FuzzRequest;
  /** How many times the capacity arrives. */
  readonly times: number;
  readonly seconds: number;
}

/** A stretch of the run. Rates are answers a second, latencies ms. */
export interface Stretch {
  readonly goodput: number;
  readonly rejected: number;
  /** Arrivals that could not even be sent, since all connections waited for an answer. */
  readonly unsent: number;
  readonly failed: number;
  /** How many failed of each kind: a status, or no answer. */
  readonly failures: ReadonlyMap<string, number>;
  readonly p99: number;
  readonly rejectedP99: number;
  /** By how much this process itself was late, ms: it is part of all latencies. */
  readonly ownP99: number;
}

export interface OverloadReport {
  /** At the number of connections that gave the most. */
  readonly capacity: number;
  readonly offered: number;
  readonly normal: Stretch;
  readonly overload: Stretch;
  /** From 5 s after the overload on, at the load of `normal`. */
  readonly after: Stretch;
}

/** Requests waiting for an answer at once, at most; more than the queue that a server of ours has by default (1,024). */
const CONNECTIONS = 4000;

/**
 * Finds the capacity, then lets several times as much arrive, at times of its own and not when an answer frees a
 * connection, and looks at what is answered during and after.
 */
export async function overload({ url, request, times, seconds }: OverloadOptions): Promise<OverloadReport> {
  const bytes = wire(request);
  const calm = Math.max(2, seconds / 6);
  const connections = Array.from({ length: CONNECTIONS }, () => openConnection(url));
  try {
    // Node accepts one connection a turn: under overload, thousands of new ones would wait for that alone.
    for (let k = 0; k < connections.length; k += 50) {
      await Promise.all(connections.slice(k, k + 50).map((connection) => connection.exchange(bytes)));
    }
    let capacity = 0;
    for (const number of [4, 16, 64, 256]) {
      const { goodput } = await closedLoop(connections.slice(0, number), bytes, calm);
      capacity = Math.max(capacity, goodput);
    }
    const normal = await openLoop(connections, bytes, capacity / 2, calm);
    const during = await openLoop(connections, bytes, capacity * times, seconds);
    await wait(5000);
    const after = await openLoop(connections, bytes, capacity / 2, calm);
    return { capacity, offered: capacity * times, normal, overload: during, after };
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** Each connection sends its next request when the last is answered. */
async function closedLoop(connections: readonly Connection[], bytes: Buffer, seconds: number): Promise<Stretch> {
  const count = counter();
  const end = performance.now() + 1000 * seconds;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < end) await count.send(connection, bytes);
    }),
  );
  return count.stretch(seconds);
}

/** Requests are due at an even rate, whatever the answers do. */
async function openLoop(
  connections: readonly Connection[],
  bytes: Buffer,
  rate: number,
  seconds: number,
): Promise<Stretch> {
  const count = counter();
  const free = [...connections];
  const underWay = new Set<Promise<void>>();
  const start = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    for (; sent < elapsed * rate; sent++) {
      const connection = free.pop();
      if (connection === undefined) {
        count.leave();
        continue;
      }
      const exchange = count.send(connection, bytes).then(() => {
        free.push(connection);
        underWay.delete(exchange);
      });
      underWay.add(exchange);
    }
    await wait(1);
  }
  await Promise.all(underWay);
  return count.stretch(seconds);
}

function counter() {
  const good: number[] = [];
  const rejected: number[] = [];
  const failures = new Map<string, number>();
  const late = monitorEventLoopDelay({ resolution: 1 });
  late.enable();
  let unsent = 0;
  return {
    leave: () => {
      unsent++;
    },
    send: async (connection: Connection, bytes: Buffer): Promise<void> => {
      const start = performance.now();
      const answer = await connection.exchange(bytes);
      const took = performance.now() - start;
      if (answer?.status === 200) good.push(took);
      else if (answer?.status === 503) rejected.push(took);
      else {
        const kind = answer === null ? 'no answer' : `status ${answer.status}`;
        failures.set(kind, (failures.get(kind) ?? 0) + 1);
      }
    },
    stretch: (seconds: number): Stretch => {
      late.disable();
      return {
        goodput: good.length / seconds,
        rejected: rejected.length / seconds,
        unsent: unsent / seconds,
        failed: [...failures.values()].reduce((sum, number) => sum + number, 0),
        failures,
        p99: percentile(good, 0.99),
        rejectedP99: percentile(rejected, 0.99),
        ownP99: late.percentile(99) / 1e6,
      };
    },
  };
}
