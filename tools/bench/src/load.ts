import { Problem } from '@mnist-edge/recognizer';
import autocannon from 'autocannon';
import { median, percentile } from './statistics.ts';

/** A request to send again and again. */
export interface Request {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What a server did under load. */
export interface LoadResult {
  readonly connections: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Microseconds from the request's first byte out to the answer's last byte in, in the client. */
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/**
 * Sends requests over a number of connections, each waiting for its answer before it sends the next.
 * @param requests sent in turn on each connection
 * @param howMuch a duration, or a number of requests in all
 * @throws {Problem} when any request is not answered with 200: then the speed means nothing
 */
export async function load(
  url: string,
  requests: readonly Request[],
  connections: number,
  howMuch: { readonly seconds: number } | { readonly amount: number },
): Promise<LoadResult> {
  const micros: number[] = [];
  const failures = new Map<number, number>();
  const started = performance.now();
  let last = started;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url,
        requests: requests.map((request) => ({ ...request, headers: { ...request.headers } })),
        connections,
        ...('seconds' in howMuch ? { duration: howMuch.seconds } : { amount: howMuch.amount }),
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    );
    instance.on('response', (_client, status, _bytes, milliseconds) => {
      // autocannon's own statistics are in whole milliseconds.
      micros.push(milliseconds * 1000);
      last = performance.now();
      if (status !== 200) failures.set(status, (failures.get(status) ?? 0) + 1);
    });
  });
  if (failures.size > 0 || result.errors > 0 || micros.length === 0) {
    const statuses = [...failures].map(([status, count]) => `${count} × status ${status}`);
    throw new Problem(
      `${url}: of ${micros.length + result.errors} requests, ${result.errors} failed${statuses.map((text) => `, ${text}`).join('')}. ` +
        'A speed with failures says nothing; run the server by itself and look at its log.',
    );
  }
  return {
    connections,
    requests: micros.length,
    requestsPerSecond: (micros.length * 1000) / (last - started),
    p50Micros: median(micros),
    p99Micros: percentile(micros, 99),
  };
}
