import { command, run } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { chromiumVersion, findChromium } from './chromium.ts';
import { doctorTable, examine, isHealthy } from './doctor.ts';
import { looks } from './looks.ts';
import { thisCheckout } from './place.ts';
import { setup } from './setup.ts';

const program = command('tools', 'The Python side: sets it up, and tells what is there.');

program
  .command('setup')
  .description('install TensorFlow and tf2onnx with pipx, and link TensorFlow to TensorFlow.js')
  .option('--cpu', 'use the TensorFlow for the processor, even where there is a GPU')
  .option('--cuda', 'use the TensorFlow with CUDA, even where no GPU is found')
  .option('--python <path>', 'use this Python instead of the one on PATH')
  .action(async ({ cpu, cuda, python }: { cpu?: true; cuda?: true; python?: string }) => {
    if (cpu && cuda) throw new Problem('--cpu and --cuda exclude each other. Give one of them, or neither.');
    await setup({ build: cpu ? 'cpu' : cuda ? 'cuda' : undefined, python, say: console.log });
  });

program
  .command('doctor')
  .description('tell what is here of all that training needs, and how to mend what is not')
  .action(() => {
    const findings = examine(looks(thisCheckout, process.env));
    console.log(doctorTable(findings));
    if (!isHealthy(findings)) process.exitCode = 1;
  });

program
  .command('chromium')
  .description('print the path and version of the Chromium that the browser tests use')
  .action(() => console.log(chromiumVersion(findChromium(process.env), process.env)));

await run(program);
