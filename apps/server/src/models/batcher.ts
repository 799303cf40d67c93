import { PIXELS } from '@mnist-edge/recognizer';
import { busy, Refusal } from '../http/refusal.ts';

/**
 * Runs a model on images `[batch, 28, 28, 1]`, flat, at once: nothing else happens meanwhile.
 * @returns one flat `[batch, labels]` for each output named, in that order
 */
export type Run = (images: Float32Array, outputs: readonly string[]) => readonly Float32Array[];

export interface BatcherOptions {
  /** The model's outputs. */
  readonly outputs: readonly string[];
  /** Numbers that each output has for one image. */
  readonly labels: number;
  /** The most images in one run. */
  readonly most: number;
  /** The most images that may wait; a request that finds none waiting is taken whatever its size. */
  readonly maxWaiting: number;
  /** Told of every run that ended well. */
  readonly onRun?: (run: { readonly images: number; readonly requests: number; readonly ms: number }) => void;
}

export interface Batch {
  /** One flat `[batch, labels]` for each output asked for, in that order. */
  readonly results: readonly Float32Array[];
  /** How long the request waited for its first run, and how long its runs took, in ms. */
  readonly queueMs: number;
  readonly computeMs: number;
}

export interface Batcher {
  /** Images now waiting: what the next run has no room for. */
  readonly waiting: number;
  /** For one who would wait, before its images are read. @throws {Refusal} 503 when as many wait as may */
  admit(): void;
  /**
   * @param deadline on `performance.now()`'s clock; a request that is still waiting then is not run
   * @throws {Refusal} 503 when too many images wait, 504 when the deadline passed before the first run
   */
  infer(images: Float32Array, outputs: readonly string[], deadline?: number): Promise<Batch>;
}

interface Job {
  readonly images: Float32Array;
  readonly batch: number;
  readonly outputs: readonly string[];
  readonly deadline: number;
  readonly since: number;
  readonly resolve: (batch: Batch) => void;
  readonly reject: (error: unknown) => void;
  /** Images that have gone into a run, and images whose run is over. */
  taken: number;
  done: number;
  results: Float32Array[] | null;
  queueMs: number;
  computeMs: number;
}

interface Slice {
  readonly job: Job;
  readonly from: number;
  readonly count: number;
}

/**
 * Puts images of requests that arrive at once into one run. Nobody waits for company: a run takes whoever was read in the
 * same turn of the event loop, and begins at its end. A large request is run in parts, others' between them.
 */
export function createBatcher(run: Run, { outputs: known, labels, most, maxWaiting, onRun }: BatcherOptions): Batcher {
  const queue: Job[] = [];
  const scratch = new Float32Array(most * PIXELS);
  /** Images in the queue. */
  let queued = 0;
  const waiting = () => Math.max(0, queued - most);

  function infer(images: Float32Array, outputs: readonly string[], deadline = Number.POSITIVE_INFINITY) {
    const batch = images.length / PIXELS;
    if (waiting() > 0 && waiting() + batch > maxWaiting)
      return Promise.reject(busy(`${waiting()} images wait already.`));
    return new Promise<Batch>((resolve, reject) => {
      const job: Job = {
        images,
        batch,
        outputs,
        deadline,
        since: performance.now(),
        resolve,
        reject,
        taken: 0,
        done: 0,
        results: null,
        queueMs: 0,
        computeMs: 0,
      };
      queue.push(job);
      queued += batch;
      // Whoever is not the first in the queue will be run, or be left for the next run, by what the first one set off.
      if (queue.length === 1) setImmediate(runNext);
    });
  }

  function runNext(): void {
    const slices = take();
    if (slices.length > 0) runTogether(slices);
    if (queue.length > 0) setImmediate(runNext);
  }

  /** The images of the next run: the first in the queue, as many as fit; whoever has more left queues up again. */
  function take(): readonly Slice[] {
    const slices: Slice[] = [];
    const unfinished: Job[] = [];
    const now = performance.now();
    let room = most;
    while (room > 0 && queue.length > 0) {
      const job = queue.shift()!;
      if (job.taken === 0) {
        job.queueMs = now - job.since;
        if (now > job.deadline) {
          queued -= job.batch;
          job.reject(new Refusal(504, 'The request waited longer than its deadline and was not run.'));
          continue;
        }
      }
      const count = Math.min(room, job.batch - job.taken);
      slices.push({ job, from: job.taken, count });
      job.taken += count;
      queued -= count;
      room -= count;
      if (job.taken < job.batch) unfinished.push(job);
    }
    queue.push(...unfinished);
    return slices;
  }

  function runTogether(slices: readonly Slice[]): void {
    const outputs = asked(slices);
    const started = performance.now();
    try {
      const results = run(gather(slices), outputs);
      const ms = performance.now() - started;
      let images = 0;
      for (const slice of slices) {
        hand(slice, results, outputs, images, ms);
        images += slice.count;
      }
      // Behind the answers, which are sent as soon as this turn ends.
      if (onRun !== undefined) queueMicrotask(() => onRun({ images, requests: slices.length, ms }));
    } catch (error) {
      for (const { job } of slices) {
        job.reject(error);
        const at = queue.indexOf(job);
        if (at >= 0) queue.splice(at, 1);
        queued -= job.batch - job.taken;
        job.taken = job.batch;
      }
    }
  }

  function asked(slices: readonly Slice[]): readonly string[] {
    const first = slices[0]!.job.outputs;
    if (slices.every(({ job }) => areSame(job.outputs, first))) return first;
    return known.filter((name) => slices.some(({ job }) => job.outputs.includes(name)));
  }

  /** The images in one piece; a single request's are taken where they are. */
  function gather(slices: readonly Slice[]): Float32Array {
    const [first] = slices;
    if (slices.length === 1) {
      const { job, from, count } = first!;
      return count === job.batch ? job.images : job.images.subarray(from * PIXELS, (from + count) * PIXELS);
    }
    let at = 0;
    for (const { job, from, count } of slices) {
      scratch.set(job.images.subarray(from * PIXELS, (from + count) * PIXELS), at);
      at += count * PIXELS;
    }
    return scratch.subarray(0, at);
  }

  /** Gives a request its part of a run's results; `first` is where its images began in the run. */
  function hand(
    { job, from, count }: Slice,
    results: readonly Float32Array[],
    outputs: readonly string[],
    first: number,
    ms: number,
  ): void {
    const own = areSame(job.outputs, outputs) ? results : job.outputs.map((name) => results[outputs.indexOf(name)]!);
    job.computeMs += ms;
    job.done += count;
    if (count === job.batch) {
      job.results = own.map((all) =>
        all.length === count * labels ? all : all.subarray(first * labels, (first + count) * labels),
      );
    } else {
      job.results ??= own.map(() => new Float32Array(job.batch * labels));
      for (const [index, all] of own.entries()) {
        job.results[index]!.set(all.subarray(first * labels, (first + count) * labels), from * labels);
      }
    }
    if (job.done === job.batch) {
      job.resolve({ results: job.results, queueMs: job.queueMs, computeMs: job.computeMs });
    }
  }

  return {
    get waiting() {
      return waiting();
    },
    admit: () => {
      if (waiting() >= maxWaiting) throw busy(`${waiting()} images wait already.`);
    },
    infer,
  };
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, index) => name === b[index]));
}
