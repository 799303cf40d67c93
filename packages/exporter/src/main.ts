import { run } from '@mnist-edge/command';
import { exporterCommand } from './command-line.ts';

await run(exporterCommand({ print: (line) => console.log(line) }));
