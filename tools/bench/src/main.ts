import { run } from '@mnist-edge/command';
import { benchCommand } from './command-line.ts';

await run(benchCommand({ print: (text) => console.log(text), base: process.env.INIT_CWD ?? process.cwd() }));
