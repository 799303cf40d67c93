import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Batch } from '../models/batcher.ts';
import type { Model } from '../models/model.ts';

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
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'HTTP requests answered.',
    labelNames: ['route', 'status'],
    registers,
  });
  const latency = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['route'],
    buckets: SECONDS,
    registers,
  });
  const images = new Counter({
    name: 'inference_images_total',
    help: 'Images inferred.',
    labelNames: ['model', 'version'],
    registers,
  });
  const queue = new Histogram({
    name: 'inference_queue_duration_seconds',
    help: 'How long a request waited for its first run.',
    labelNames: ['model', 'version'],
    buckets: SECONDS,
    registers,
  });
  const compute = new Histogram({
    name: 'inference_compute_duration_seconds',
    help: 'How long the runs took that a request was part of.',
    labelNames: ['model', 'version'],
    buckets: SECONDS,
    registers,
  });
  const runs = new Histogram({
    name: 'inference_run_images',
    help: 'Images in one run of a model.',
    buckets: [1, 2, 4, 8, 16, 32],
    registers,
  });
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
    labelNames: ['model', 'version', 'sha256'],
    registers,
    aggregator: 'max',
    collect() {
      this.reset();
      for (const { bundle, sha256 } of models()) this.set({ model: bundle.name, version: bundle.version, sha256 }, 1);
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

  /** Looking a label up costs more than counting, so it is done once a model. */
  const ofModel = new WeakMap<Model, ReturnType<typeof label>>();
  function label({ bundle }: Model) {
    const labels = { model: bundle.name, version: bundle.version };
    return { images: images.labels(labels), queue: queue.labels(labels), compute: compute.labels(labels) };
  }
  const ofRoute = new Map<string, ReturnType<typeof labelRoute>>();
  function labelRoute(route: string, status: number) {
    return { requests: requests.labels({ route, status: String(status) }), latency: latency.labels({ route }) };
  }

  return {
    registry,
    request: (route, status, seconds) => {
      const key = `${route} ${status}`;
      let labelled = ofRoute.get(key);
      if (labelled === undefined) {
        labelled = labelRoute(route, status);
        ofRoute.set(key, labelled);
      }
      labelled.requests.inc();
      labelled.latency.observe(seconds);
    },
    inference: (model, count, { queueMs, computeMs }) => {
      let labelled = ofModel.get(model);
      if (labelled === undefined) {
        labelled = label(model);
        ofModel.set(model, labelled);
      }
      labelled.images.inc(count);
      labelled.queue.observe(queueMs / 1000);
      labelled.compute.observe(computeMs / 1000);
    },
    run: (count) => runs.observe(count),
    recognition: (rejection) => recognitions.inc({ result: rejection ?? 'digit' }),
    modelRefused: () => refused.inc(),
  };
}
