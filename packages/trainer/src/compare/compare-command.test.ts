import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { quick } from '../run.fixture.ts';
import { compareCommand } from './compare-command.ts';
import { epochReport } from './observed-run.fixture.ts';

async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  let said = '';
  const program = compareCommand({ print: (line) => lines.push(line) });
  program.configureOutput({ writeErr: (text) => (said += text) });
  await program.parseAsync(args, { from: 'user' }).catch((error: Error) => {
    throw new Error(`${error.message}\n${said}`);
  });
  return lines.join('\n');
}

test.each([
  [[], /missing required argument 'run'/],
  [['alone'], /RUN: only "alone" is given.*two runs or more/],
  [['a', 'b', 'a'], /RUN "a" is given twice.*each run once/],
  [['no-such-run', 'b'], /RUN "no-such-run": there is no run.*name of a run in/],
  [['a', 'b', '--out', 'page.txt'], /--out.*'page\.txt'.*ends in \.html/],
  [['a', 'b', '--output', 'page.html'], /unknown option '--output'.*--out/s],
])('%s is refused with what is allowed', async (args, words) => {
  await expect(run(...args)).rejects.toThrow(words);
});

test('prints runs side by side and draws them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-compare-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, accuracy] of [['one', 0.5] as const, ['two', 0.75] as const]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'config.json'), JSON.stringify({ ...quick, learningRate: accuracy }));
    await writeFile(join(folder, name, 'metrics.jsonl'), JSON.stringify(epochReport(1, accuracy)));
  }
  const out = join(folder, 'compare.html');
  const printed = await run(join(folder, 'one'), join(folder, 'two'), `--out=${out}`);
  expect(printed).toMatch(/best validation accuracy +50\.00 % +75\.00 %/);
  expect(printed).toMatch(/settings that differ.*learningRate +0\.5 +0\.75/s);
  expect(printed).toContain(`Drawn in ${out}`);
  expect(await readFile(out, 'utf8')).toContain('<!doctype html>');
});
