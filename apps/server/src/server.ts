import type { Bundle } from '@mnist-edge/recognizer';
import { type DestinationStream, destination, pino } from 'pino';
import { createApp } from './app.ts';
import { listen } from './listen.ts';
import { loadModel } from './model.ts';
import { boundImageLibrary } from './picture.ts';
import type { Readiness } from './readiness.ts';
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
  const model = await loadModel(settings.modelDir);
  const readiness: Readiness = { ready: true };
  try {
    const { url, close } = await listen(createApp({ model, settings, log, readiness }), settings, readiness);
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
