import { run } from '@mnist-edge/command';
import { exportCommand } from './command-line.ts';

await run(exportCommand({ print: (line) => console.log(line) }));
