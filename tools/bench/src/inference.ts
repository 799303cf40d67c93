import type { RawModel } from './model.ts';
import { median, percentile } from './statistics.ts';

/** How fast onnxruntime-node runs the model at one batch size, with one thread. */
export interface InferenceSpeed {
  readonly batch: number;
  readonly runs: number;
  /** Microseconds a run. */
  readonly medianMicros: number;
  readonly p99Micros: number;
  /** Over all runs, the slow ones included. */
  readonly imagesPerSecond: number;
}

export const BATCHES = [1, 32, 128] as const;

/** @param seconds how long to run, after a tenth of it to warm up */
export async function measureInference(model: RawModel, batch: number, seconds: number): Promise<InferenceSpeed> {
  await runFor(model, batch, seconds / 10);
  const micros = await runFor(model, batch, seconds);
  const total = micros.reduce((sum, time) => sum + time, 0);
  return {
    batch,
    runs: micros.length,
    medianMicros: median(micros),
    p99Micros: percentile(micros, 99),
    imagesPerSecond: (batch * micros.length * 1e6) / total,
  };
}

/** Microseconds of each run, one after another; at least one. */
async function runFor(model: RawModel, batch: number, seconds: number): Promise<number[]> {
  const micros: number[] = [];
  const end = performance.now() + seconds * 1000;
  do {
    const started = performance.now();
    await model.run(batch);
    micros.push((performance.now() - started) * 1000);
  } while (performance.now() < end);
  return micros;
}
