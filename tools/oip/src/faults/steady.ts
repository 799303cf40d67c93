import { type Connection, type Exchange, openConnection } from '../load/connection.ts';
import { percentile } from '../load/memory.ts';

/** What a steady load came to. */
export interface Steady {
  readonly answers: number;
  /** Requests that were lost with their connection, in ms since the load began. */
  readonly lost: readonly number[];
  /** Answers that were not what they had to be: what they were instead. */
  readonly wrong: readonly string[];
  /** ms. */
  readonly p50: number;
  readonly p99: number;
}

export interface SteadyOptions {
  readonly url: string;
  /** A whole request, and what is wrong with an answer to it. */
  readonly request: Buffer;
  readonly faultOf: (answer: Exchange) => string | null;
  readonly connections: number;
  /** Between two requests of a connection, in ms; 0 sends the next as soon as the last is answered. */
  readonly pause?: number;
}

/** A load that goes on until it is stopped; whoever loses its connection takes another. */
export interface SteadyLoad {
  readonly answers: number;
  stop(): Promise<Steady>;
}

export function startLoad({ url, request, faultOf, connections, pause = 0 }: SteadyOptions): SteadyLoad {
  const began = performance.now();
  const lost: number[] = [];
  const wrong: string[] = [];
  const took: number[] = [];
  let going = true;
  const all = Promise.all(Array.from({ length: connections }, () => work(openConnection(url))));

  async function work(connection: Connection): Promise<void> {
    while (going) {
      const start = performance.now();
      const answer = await connection.exchange(request);
      if (answer === null) {
        lost.push(start - began);
        await sleep(20);
        continue;
      }
      took.push(performance.now() - start);
      const fault = faultOf(answer);
      if (fault !== null && wrong.length < 100) wrong.push(fault);
      if (pause > 0) await sleep(pause);
    }
    connection.close();
  }

  return {
    get answers() {
      return took.length;
    },
    stop: async () => {
      going = false;
      await all;
      return { answers: took.length, lost, wrong, p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @returns a judge that holds every answer against the first one's numbers, whatever version says them */
export async function judge(url: string, request: Buffer): Promise<(answer: Exchange) => string | null> {
  const connection = openConnection(url);
  const first = await connection.exchange(request);
  connection.close();
  if (first?.status !== 200) throw new Error(`The first answer is ${first?.status ?? 'missing'}.`);
  const expected = numbersOf(first);
  return (answer) => {
    if (answer.status !== 200) return `status ${answer.status}: ${answer.body.toString('utf8', 0, 200)}`;
    return numbersOf(answer).equals(expected) ? null : 'other numbers than at first';
  };
}

function numbersOf({ headers, body }: Exchange): Buffer {
  return body.subarray(Number(headers.get('inference-header-content-length')));
}
