import { artifacts, command, run, startProgress } from '@mnist-edge/command';
import { prepareCommand } from './prepare-command.ts';
import { sources } from './sources.ts';

await run(
  command('data', 'Datasets: made, looked at, checked.').addCommand(
    prepareCommand({
      sources,
      downloads: artifacts('data', '.downloads'),
      // npx and npm say where the person was; Nx alone starts a command in the project and says only where the root is.
      base: process.env.INIT_CWD ?? process.env.NX_WORKSPACE_ROOT ?? process.cwd(),
      mirror: process.env.MNIST_EDGE_MIRROR,
      pictures: process.env.MNIST_EDGE_FOLDER,
      say: console.log,
      startProgress,
      patience: 30_000,
      pauses: [500, 2_000],
    }),
  ),
);
