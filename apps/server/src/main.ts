import { run } from '@mnist-edge/command';
import { greeting } from './greeting.ts';
import { startServer } from './server.ts';
import { checkSettings, serverCommand } from './settings.ts';

await run(
  serverCommand(async (flags) => {
    const server = await startServer(checkSettings(flags, process.env));
    console.log(greeting(server.url, server.bundle));
    // Ctrl-C may arrive twice, from the terminal and from the task runner above: the second changes nothing.
    const stop = () => void server.close().then(() => process.exit(0));
    process.on('SIGINT', stop).on('SIGTERM', stop);
  }),
);
