import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { type LeanConnection, openLean } from '@mnist-edge/command';
import { median, percentile } from './memory.ts';
import { type FuzzRequest, wire } from './requests.ts';

export interface OverloadOptions {
  readonly url: string;
  /** A good request. */
  readonly request: FuzzRequest;
  /** How many times the capacity arrives. */
  readonly times: number;
  readonly seconds: number;
  /** How many times over. */
  readonly rounds: number;
}

/** A stretch of the run. Rates are answers a second, latencies ms. */
export interface Stretch {
  /** Of those that came within the stretch: what has been waiting at its end is answered too, but not counted here. */
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

/** One overload, and what was before and after it. */
export interface OverloadRound {
  /**
   * Good answers a second at the number of connections that gives the most, shortly before the overload and after it: a
   * machine that shares its processor with others is another one a minute later, so the overload is held against both.
   */
  readonly peaks: readonly [before: number, after: number];
  readonly offered: number;
  readonly normal: Stretch;
  readonly overload: Stretch;
  /** From 5 s after the overload on, at the load of `normal`. */
  readonly after: Stretch;
}

/** Requests waiting for an answer at once, at most; more than the queue that a server of ours has by default (1,024). */
const CONNECTIONS = 4000;

/** Connections among which the number is sought that gives the most. */
const AT_ONCE = [16, 64, 256];
/** Each is tried so many times, and its median taken: of values that scatter the highest is no peak. */
const ROUNDS = 5;

/** How long the last answers may take, in ms. */
const PATIENCE = 60_000;

/** What is told of every answer, and by whom. */
type Listener = (status: number, ms: number, connection: LeanConnection) => void;

/** Connections that all send the same request, and who listens to their answers now. */
interface Crowd {
  readonly connections: readonly LeanConnection[];
  listener: Listener;
}

/**
 * Finds the peak, then lets several times as much arrive, at times of its own and not when an answer frees a
 * connection, and looks at what is answered during and after; so many rounds of it, on the same server.
 */
export async function overload({
  url,
  request,
  times,
  seconds,
  rounds,
}: OverloadOptions): Promise<readonly OverloadRound[]> {
  const crowd = openCrowd(url, wire(request));
  const { connections } = crowd;
  const calm = Math.max(2, seconds / 6);
  const done: OverloadRound[] = [];
  try {
    // Node accepts one connection a turn: under overload, thousands of new ones would wait for that alone.
    for (let k = 0; k < connections.length; k += 50) await once(crowd, connections.slice(k, k + 50));
    await peak(crowd, calm / 3); // Warms the server up.
    let before = await peak(crowd, calm / 2);
    while (done.length < rounds) {
      const normal = await openLoop(crowd, before / 2, calm);
      const offered = before * times;
      const during = await openLoop(crowd, offered, seconds);
      await wait(5000);
      const after = await openLoop(crowd, before / 2, calm);
      const later = await peak(crowd, calm / 2);
      done.push({ peaks: [before, later], offered, normal, overload: during, after });
      before = later;
    }
    return done;
  } finally {
    crowd.listener = () => undefined;
    for (const connection of connections) connection.close();
  }
}

/** @returns the goodput under overload as a share of the mean of both peaks */
export function shareOfPeak({ overload: { goodput }, peaks: [before, after] }: OverloadRound): number {
  return (2 * goodput) / (before + after);
}

function openCrowd(url: string, request: Buffer): Crowd {
  const crowd: Crowd = {
    connections: Array.from({ length: CONNECTIONS }, () =>
      openLean({ url, request, onAnswer: (status, ms, connection) => crowd.listener(status, ms, connection) }),
    ),
    listener: () => undefined,
  };
  return crowd;
}

/** One request on each of some connections. */
function once(crowd: Crowd, some: readonly LeanConnection[]): Promise<void> {
  return new Promise((resolve) => {
    let missing = some.length;
    crowd.listener = () => {
      if (--missing === 0) resolve();
    };
    for (const connection of some) connection.send();
  });
}

/** @returns good answers a second with the number of connections that gives the most; each number has so many seconds */
async function peak(crowd: Crowd, seconds: number): Promise<number> {
  const found: number[][] = AT_ONCE.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, number] of AT_ONCE.entries()) {
      found[index]!.push((await closedLoop(crowd, number, seconds / ROUNDS)).goodput);
    }
  }
  return Math.max(...found.map(median));
}

/** Each of so many connections sends its next request when the last is answered. */
async function closedLoop(crowd: Crowd, number: number, seconds: number): Promise<Stretch> {
  const start = performance.now();
  const end = start + 1000 * seconds;
  const count = counter();
  await new Promise<void>((resolve) => {
    let going = number;
    crowd.listener = (status, ms, connection) => {
      count.answer(status, ms);
      if (performance.now() < end) connection.send();
      else if (--going === 0) resolve();
    };
    for (const connection of crowd.connections.slice(0, number)) connection.send();
  });
  // The last ones are answered behind the end, as the first ones were not from the beginning on.
  return count.stretch((performance.now() - start) / 1000);
}

/** Requests are due at an even rate, whatever the answers do. */
async function openLoop(crowd: Crowd, rate: number, seconds: number): Promise<Stretch> {
  const count = counter(performance.now() + 1000 * seconds);
  const free = [...crowd.connections];
  crowd.listener = (status, ms, connection) => {
    count.answer(status, ms);
    free.push(connection);
  };
  const start = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    for (; sent < elapsed * rate; sent++) {
      const connection = free.pop();
      if (connection === undefined) count.leave();
      else connection.send();
    }
    await wait(1);
  }
  for (const giveUp = performance.now() + PATIENCE; free.length < crowd.connections.length; ) {
    // Who is not answered by then has failed.
    if (performance.now() > giveUp) for (const connection of crowd.connections) connection.close();
    await wait(10);
  }
  return count.stretch(seconds);
}

/** @param end on `performance.now()`'s clock: what comes later is no part of the goodput */
function counter(end = Number.POSITIVE_INFINITY) {
  let goodInTime = 0;
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
    answer: (status: number, ms: number): void => {
      if (status === 200) {
        good.push(ms);
        if (performance.now() < end) goodInTime++;
      } else if (status === 503) rejected.push(ms);
      else {
        const kind = status === 0 ? 'no answer' : `status ${status}`;
        failures.set(kind, (failures.get(kind) ?? 0) + 1);
      }
    },
    stretch: (seconds: number): Stretch => {
      late.disable();
      return {
        goodput: goodInTime / seconds,
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
