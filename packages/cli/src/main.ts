import { run } from '@mnist-edge/command';
import { cliCommand } from './command-line.ts';

await run(cliCommand({ print: (line) => console.log(line) }));
