import type { Bundle } from '@mnist-edge/recognizer';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Batch } from '../models/batcher.ts';
import type { Model } from '../models/model.ts';
import { tallyCounter, tallyHistogram } from './tally.ts';

/** What the server counts and times, for Prometheus. */
export interface Metrics {
  readonly registry: Registry;
  /** One answered HTTP request. @param route one of a few names, never a path that a client chose */
  request(route: string, status: number, seconds: number): void;
  /** One inference, by HTTP or gRPC. */
  inference(model: Model, images: number, batch: Batch): void;
  /** One run of a model. */
  run(images: number): void;
  /** What `/api/recognize` or one digit of a line came to. */
  recognition(rejection: string | null): void;
  /** A bundle of the model folder that was refused. */
  modelRefused(): void;
}

const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param models those that serve now, for the gauge that names them */
export function createMetrics(models: () => readonly Model[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = tallyCounter({
    name: 'http_requests_total',
    help: 'HTTP requests answered.',
    labelNames: ['route', 'status'],
    registry,
  });
  const latency = tallyHistogram(
    {
      name: 'http_request_duration_seconds',
      help: 'From the head of a request to the end of its answer.',
      labelNames: ['route'],
      registry,
    },
    SECONDS,
  );
  const ofModel = { labelNames: ['model', 'version'], registry } as const;
  const images = tallyCounter({ name: 'inference_images_total', help: 'Images inferred.', ...ofModel });
  const queue = tallyHistogram(
    { name: 'inference_queue_duration_seconds', help: 'How long a request waited for its first run.', ...ofModel },
    SECONDS,
  );
  const compute = tallyHistogram(
    {
      name: 'inference_compute_duration_seconds',
      help: 'How long the runs took that a request was part of.',
      ...ofModel,
    },
    SECONDS,
  );
  const runs = tallyHistogram(
    { name: 'inference_run_images', help: 'Images in one run of a model.', labelNames: [], registry },
    [1, 2, 4, 8, 16, 32],
  )({});
  const recognitions = new Counter({
    name: 'recognitions_total',
    help: 'Drawings and pictures recognized: result is digit, or why there is none.',
    labelNames: ['result'],
    registers,
  });
  const refused = new Counter({
    name: 'model_refused_total',
    help: 'Bundles of the model folder that could not be loaded.',
    registers,
  });
  new Gauge({
    name: 'model_info',
    help: 'The models that serve: 1 for each.',
    labelNames: ['model', 'version', 'precision', 'sha256'],
    registers,
    aggregator: 'max',
    collect() {
      this.reset();
      for (const { bundle, precision, sha256 } of models()) {
        this.set({ model: bundle.name, version: bundle.version, precision, sha256 }, 1);
      }
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory, of all processes together.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });

  const modelTallies = new Map<string, ReturnType<typeof tallyModel>>();
  function tallyModel({ name: model, version }: Bundle) {
    const labels = { model, version };
    return { images: images(labels), queue: queue(labels), compute: compute(labels) };
  }
  const routeTallies = new Map<string, { latency: (seconds: number) => void; statuses: Map<number, () => void> }>();
  function tallyRoute(route: string) {
    const tally = { latency: latency({ route }), statuses: new Map<number, () => void>() };
    routeTallies.set(route, tally);
    return tally;
  }

  return {
    registry,
    request: (route, status, seconds) => {
      const tally = routeTallies.get(route) ?? tallyRoute(route);
      let count = tally.statuses.get(status);
      if (count === undefined) {
        count = requests({ route, status: String(status) });
        tally.statuses.set(status, count);
      }
      count();
      tally.latency(seconds);
    },
    inference: ({ bundle }, count, { queueMs, computeMs }) => {
      const key = `${bundle.name} ${bundle.version}`;
      let tally = modelTallies.get(key);
      if (tally === undefined) {
        tally = tallyModel(bundle);
        modelTallies.set(key, tally);
      }
      tally.images(count);
      tally.queue(queueMs / 1000);
      tally.compute(computeMs / 1000);
    },
    run: runs,
    recognition: (rejection) => recognitions.inc({ result: rejection ?? 'digit' }),
    modelRefused: () => refused.inc(),
  };
}
