import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sweepCommand } from './sweep-command.ts';

async function run(args: string[]): Promise<void> {
  let said = '';
  const program = sweepCommand({ print: () => undefined }, new AbortController().signal);
  program.configureOutput({ writeErr: (text) => (said += text) });
  await program.parseAsync(args, { from: 'user' }).catch((error: Error) => {
    throw new Error(`${error.message}\n${said}`);
  });
}

const given = ['--space', 'no-such-space.json', '--name', 'lr'];

test.each([
  [['--name', 'lr'], /required option '--space <file>'/],
  [['--space', 'space.json'], /required option '--name <name>'/],
  [[...given, '--name', '../up'], /--name.*'\.\.\/up'.*lower-case letters/s],
  [[...given, '--trials', '0'], /--trials.*'0'.*whole number from 1 to 10000/s],
  [[...given, '--eta', '1'], /--eta.*'1'.*whole number from 2 to 100/s],
  [[...given, '--eta', '2.5'], /--eta.*'2.5'.*whole number from 2 to 100/s],
  [[...given, '--seed', '-1'], /--seed.*'-1'.*whole number from 0/s],
  [[...given, '--trial', '9'], /unknown option '--trial'.*--trials/s],
  [given, /--space no-such-space\.json cannot be used: .*no such file.*Expected a JSON file/s],
])('%s is refused with what is allowed', async (args, words) => {
  await expect(run(args)).rejects.toThrow(words);
});

test('a space is refused by its file and setting; so is a dataset that is not there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-sweep-command-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'space.json');
  const attempt = async (space: string) => {
    await writeFile(file, space);
    return run(['--space', file, '--name', 'none-such']);
  };
  await expect(attempt('{')).rejects.toThrow(/--space .*space\.json cannot be used: .*JSON/);
  await expect(attempt('{"ema": {"uniform": [0, 2]}}')).rejects.toThrow(/--space .*space\.json: ema: 2 is not allowed/);
  const absent = '{"dataset": "no-such-dataset", "ema": {"uniform": [0, 0.9]}}';
  await expect(attempt(absent)).rejects.toThrow(/no-such-dataset.*data:prepare/s);
});

test('the target that a sweep sends people to trains what the file says, each time', async () => {
  const { nx } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const { command, options, cache } = nx.targets['train-config'];
  expect({ command, options, cache }).toEqual({
    command: 'tsx src/main.ts train',
    // An option here would go before the file's; and Nx's cache would not see that the file changed.
    options: { cwd: '{projectRoot}' },
    cache: undefined,
  });
});
