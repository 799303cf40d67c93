import { run } from '@mnist-edge/command';
import { trainCommand } from './command-line.ts';

const interrupt = new AbortController();
// The first Ctrl-C ends the run in good order; a second one ends the process at once.
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());
await run(trainCommand({ print: (line) => console.log(line) }, interrupt.signal));
