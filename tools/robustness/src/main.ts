import { run } from '@mnist-edge/command';
import { robustnessCommand } from './command-line.ts';

await run(robustnessCommand((text) => console.log(text)));
