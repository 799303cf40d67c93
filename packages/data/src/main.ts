import { artifacts, command, run, startProgress } from '@mnist-edge/command';
import { datasetFolder } from './dataset.ts';
import { prepareCommand } from './prepare-command.ts';
import { previewCommand } from './preview-command.ts';
import { sources } from './sources.ts';

// npx and npm say where the person was; Nx alone starts a command in the project and says only where the root is.
const base = process.env.INIT_CWD ?? process.env.NX_WORKSPACE_ROOT ?? process.cwd();

await run(
  command('data', 'Datasets: made, looked at, checked.')
    .addCommand(
      prepareCommand({
        sources,
        downloads: artifacts('data', '.downloads'),
        base,
        mirror: process.env.MNIST_EDGE_MIRROR,
        pictures: process.env.MNIST_EDGE_FOLDER,
        say: console.log,
        startProgress,
        patience: 30_000,
        pauses: [500, 2_000],
      }),
    )
    .addCommand(previewCommand({ base, datasetFolder, say: console.log })),
);
