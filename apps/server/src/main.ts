import cluster from 'node:cluster';
import { run } from '@mnist-edge/command';
import { destination, pino } from 'pino';
import { furtherDoors, greeting } from './greeting.ts';
import { runWorker } from './operations/worker.ts';
import { startWorkers } from './operations/workers.ts';
import { startServer } from './server.ts';
import { checkSettings, serverCommand, shownSettings } from './settings.ts';

await run(
  serverCommand(async (flags) => {
    const settings = checkSettings(flags, process.env);
    if (cluster.isWorker) {
      await runWorker(settings);
      return;
    }
    const log = pino({ level: settings.logLevel }, destination({ fd: 2, sync: true }));
    const starting = settings.workers === 1 ? startServer(settings) : startWorkers(settings, log);
    // From the start on: of several processes the first answers before the last is there, and a server that is ready
    // must end as told. Ctrl-C may arrive twice, from the terminal and from the task runner above: the second changes
    // nothing.
    const stop = () =>
      void starting.then(
        (server) => server.close().then(() => process.exit(0)),
        () => undefined,
      );
    process.on('SIGINT', stop).on('SIGTERM', stop);
    const server = await starting;
    console.log(greeting(server.url, server.bundle, settings.precision));
    const more = furtherDoors({ ...server, workers: settings.workers });
    if (more !== '') console.log(more);
    log.info(shownSettings(settings), 'settings');
  }),
);
