import { command, run } from '@mnist-edge/command';
import { auditCommand } from './audit/audit-command.ts';
import { trainCommand } from './command-line.ts';
import { compareCommand } from './compare/compare-command.ts';
import { fewShotCommand } from './fine-tune/few-shot-command.ts';
import { reportCommand } from './report/report-command.ts';
import { seedsCommand } from './seeds/seeds-command.ts';
import { sweepCommand } from './sweep/sweep-command.ts';

const interrupt = new AbortController();
// The first Ctrl-C ends the run in good order; a second one ends the process at once.
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());
const output = { print: (line: string) => console.log(line) };
await run(
  command('trainer', 'Trains nets and shows what came of it.')
    .addCommand(trainCommand(output, interrupt.signal))
    .addCommand(compareCommand(output))
    .addCommand(sweepCommand(output, interrupt.signal))
    .addCommand(seedsCommand(output, interrupt.signal))
    .addCommand(auditCommand(output, interrupt.signal))
    .addCommand(reportCommand(output))
    .addCommand(fewShotCommand(output, interrupt.signal)),
);
