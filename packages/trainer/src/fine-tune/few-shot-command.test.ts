import { expect, test } from 'vitest';
import { settings, summarize, type Trial } from './few-shot.ts';
import { describeGain, fewShotCommand, table } from './few-shot-command.ts';

test.each([
  [['--per-class', '0'], /--per-class.*'0'.*whole number from 1/s],
  [['--seeds', '0'], /--seeds.*'0'.*whole number from 1 to 100/s],
  [['--epochs', 'many'], /--epochs.*'many'.*whole number from 1/s],
  [['--batch-size', '0'], /--batch-size.*'0'.*whole number from 1/s],
  [['--learning-rates', '0.01,0'], /--learning-rates.*'0.01,0'.*above 0 and at most 10/s],
  [['--freezes', '0,x'], /--freezes.*'0,x'.*whole number from 0/s],
  [['--freezes', ''], /--freezes.*''.*whole number from 0/s],
  [['--dataset', 'My Data'], /--dataset.*'My Data'.*lower-case/s],
  [['--seed', '3'], /unknown option '--seed'.*--seeds/s],
])('%s is refused with what is allowed', async (options, words) => {
  let said = '';
  const program = fewShotCommand({ print: () => undefined }, new AbortController().signal);
  program.configureOutput({ writeErr: (text) => (said += text) });
  await expect(program.parseAsync(options, { from: 'user' })).rejects.toMatchObject({ exitCode: 1 });
  expect(said).toMatch(words);
});

test('weights that are not there are refused', async () => {
  const program = fewShotCommand({ print: () => undefined }, new AbortController().signal);
  await expect(program.parseAsync(['--from', 'no-such-run'], { from: 'user' })).rejects.toThrow(/--from "no-such-run"/);
});

test('says what came of it, and by how much, also where fine-tuning lost', () => {
  const [scratch, tuned] = settings([0.01], [2]);
  const score = (accuracy: number) => ({ images: 10, accuracy, loss: 1 });
  const trial = (setting = scratch!, seed: number, accuracy: number): Trial => ({
    setting,
    seed,
    validation: score(accuracy),
    test: score(accuracy - 0.01),
  });
  const trials = [trial(scratch, 1, 0.8), trial(scratch, 2, 0.7), trial(tuned, 1, 0.78), trial(tuned, 2, 0.71)];
  const rows = summarize(trials);
  expect(table(rows)).toContain(
    '| fine-tuned, learning rate 0.01, 2 frozen * | 74.50 % (71.00 – 78.00) | 73.50 % (70.00 – 77.00) |',
  );
  expect(describeGain(trials, rows)).toMatch(/−0\.50 points \(median; −2\.00 to \+1\.00\), better for 1 of 2 seeds/);
  expect(describeGain(trials.slice(0, 2), summarize(trials.slice(0, 2)))).toBeNull();
});
