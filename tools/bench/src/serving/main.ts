import { resolve } from 'node:path';
import { command, run, whole, workspaceRoot } from '@mnist-edge/command';
import { describeMachine, thisMachine } from '../machine.ts';
import { openModel } from '../model.ts';
import { measureServing, renderServing } from './serving.ts';

await run(
  command('serving', 'Measures the server beside session.run alone and beside FastAPI, a round of each in turn.')
    .option('--rounds <n>', 'rounds', whole(1, 1000), 7)
    .option('--seconds <n>', 'seconds of each measurement of a round', whole(1, 600), 3)
    .action(async ({ rounds, seconds }: { rounds: number; seconds: number }) => {
      const modelDir = resolve(workspaceRoot, 'models/digits');
      const model = await openModel(modelDir);
      try {
        const say = (line: string) => console.log(line);
        const serving = await measureServing(model, modelDir, { rounds, seconds, say });
        console.log(`\n${describeMachine(thisMachine())}\n\n${renderServing(serving)}`);
      } finally {
        await model.close();
      }
    }),
);
