import { command, run, workspaceRoot } from '@mnist-edge/command';
import { summarize } from './summary.ts';
import { exitCode, total } from './verdict.ts';
import { verify } from './verify.ts';

const program = command(
  'npm test',
  'Runs every check: lint, types, tests, and last the parity of all runtimes.',
).action(async () => {
  const verdict = await verify(workspaceRoot);
  console.log(`\n${summarize(verdict)}`);
  process.exitCode = exitCode(total(verdict), ['1', 'true'].includes(process.env.CI ?? ''));
});

await run(program);
