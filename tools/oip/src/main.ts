import { run } from '@mnist-edge/command';
import { oipCommand } from './command-line.ts';

await run(oipCommand({ print: (line) => console.log(line) }));
