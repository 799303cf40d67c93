import type { Bundle } from '@mnist-edge/recognizer';
import { type DestinationStream, destination, pino } from 'pino';
import { createApp } from './app.ts';
import { listen } from './http/listen.ts';
import type { Readiness } from './http/readiness.ts';
import { loadModel } from './models/model.ts';
import { modelsOf } from './models/models.ts';
import { boundImageLibrary } from './recognize/picture.ts';
import type { Settings } from './settings.ts';

export interface Server {
  /** With an address that this machine can connect to, such as http://127.0.0.1:3000. */
  readonly url: string;
  /** The model that is served. */
  readonly bundle: Bundle;
  /** Finishes the requests under way, then frees everything; see `listen`. */
  close(): Promise<void>;
}

/**
 * Loads the model and serves it.
 * @param logTo where the log goes, a JSON object a line; standard error when left out
 * @throws {Problem} when the model cannot be loaded or the address cannot be listened on
 * @example
 * const server = await startServer(readSettings(['--port', '0'], {}));
 * await fetch(`${server.url}/v2/health/ready`);
 * await server.close();
 */
export async function startServer(
  settings: Settings,
  logTo: DestinationStream = destination({ fd: 2, sync: true }),
): Promise<Server> {
  boundImageLibrary();
  const log = pino({ level: settings.logLevel }, logTo);
  const model = await loadModel(settings.modelDir, { maxWaiting: settings.maxQueue });
  const readiness: Readiness = { ready: true };
  try {
    const { url, close } = await listen(
      createApp({ models: modelsOf(() => [model]), settings, log, readiness }),
      settings,
      readiness,
    );
    let closed: Promise<void> | null = null;
    return {
      url,
      bundle: model.bundle,
      close: () => {
        closed ??= close().then(model.close);
        return closed;
      },
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}
