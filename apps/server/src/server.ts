import type { Bundle } from '@mnist-edge/recognizer';
import { type DestinationStream, destination, pino } from 'pino';
import { createApp } from './app.ts';
import { listen } from './http/listen.ts';
import type { Readiness } from './http/readiness.ts';
import { openRepository, type Repository } from './models/repository.ts';
import { type Control, startAdmin } from './operations/admin.ts';
import { createMetrics, type Metrics } from './operations/metrics.ts';
import { startGrpc } from './protocol/grpc.ts';
import type { Settings } from './settings.ts';

export interface Server {
  /** With an address that this machine can connect to, such as http://127.0.0.1:3000. */
  readonly url: string;
  /** Of the gRPC service, such as 127.0.0.1:8001; null where there is none. */
  readonly grpc: string | null;
  /** Of the admin port; null where there is none. */
  readonly adminUrl: string | null;
  /** The main model that is served. */
  readonly bundle: Bundle;
  readonly control: Control;
  readonly metrics: Metrics;
  /** Finishes the requests under way, then frees everything; see `listen`. */
  close(): Promise<void>;
}

/**
 * Loads the models and serves them, in this process.
 * @param logTo where the log goes, a JSON object a line; standard error when left out
 * @throws {Problem} when no model can be loaded or an address cannot be listened on
 * @example
 * const server = await startServer(readSettings(['--port', '0'], {}));
 * await fetch(`${server.url}/v2/health/ready`);
 * await server.close();
 */
export async function startServer(
  settings: Settings,
  logTo: DestinationStream = destination({ fd: 2, sync: true }),
): Promise<Server> {
  const log = pino({ level: settings.logLevel }, logTo);
  const metrics: Metrics = createMetrics(() => repository?.models.list() ?? []);
  let repository: Repository | null = null;
  // Whatever was opened, to be closed in the same order: first no more requests, then the models.
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    const [models, ...doors] = opened;
    await Promise.all(doors.map((door) => door.close()));
    await models?.close();
  };
  try {
    repository = await openRepository({
      folder: settings.modelDir,
      mainModel: settings.mainModel,
      precision: settings.precision,
      pollMs: settings.modelPollMs,
      queueing: () => ({ maxWaiting: settings.maxQueue, onRun: ({ images }) => metrics.run(images) }),
      log,
      onRefused: metrics.modelRefused,
    });
    opened.push(repository);
    const { models } = repository;
    const readiness: Readiness = { ready: true };
    const { bundle } = models.main();
    const http = await listen(createApp({ models, settings, log, readiness, metrics }), settings, readiness);
    opened.push(http);
    const grpc = settings.grpcPort === null ? null : await startGrpc({ models, settings, readiness, metrics, log });
    if (grpc !== null) opened.push(grpc);
    const control = controlOf(repository, metrics);
    const admin = await startAdmin(control, settings, log);
    if (admin !== null) opened.push(admin);
    let closed: Promise<void> | null = null;
    return {
      url: http.url,
      grpc: grpc?.address ?? null,
      adminUrl: admin?.url ?? null,
      bundle,
      control,
      metrics,
      close: () => {
        closed ??= close();
        return closed;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function controlOf(repository: Repository, metrics: Metrics): Control {
  return {
    index: async () => repository.index(),
    load: repository.load,
    unload: repository.unload,
    metrics: () => metrics.registry.metrics(),
  };
}
