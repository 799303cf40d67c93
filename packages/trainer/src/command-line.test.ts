import { expect, test } from 'vitest';
import { trainCommand } from './command-line.ts';

test.each([
  [['--epochs', '0'], /--epochs.*'0'.*whole number from 1 to 10000/s],
  [['--epochs', 'many'], /--epochs.*'many'/s],
  [['--batch-size', '-3'], /--batch-size.*whole number from 1/s],
  [['--learning-rate', '0'], /--learning-rate.*above 0 and at most 10/s],
  [['--schedule', 'linear'], /--schedule.*'linear'.*constant, one-cycle/s],
  [['--augment', 'wild'], /--augment.*'wild'.*none, gentle/s],
  [['--model', 'resnet'], /--model.*'resnet'.*edge, keras-tutorial/s],
  [['--seed', '1.5'], /--seed.*'1.5'.*whole number from 0/s],
  [['--run', '../up'], /--run.*'..\/up'.*lower-case letters/s],
  [['--epoch', '3'], /unknown option '--epoch'.*--epochs/s],
  [['now'], /too many arguments/s],
])('%s is refused with what is allowed', async (options, words) => {
  let said = '';
  const program = trainCommand({ print: () => undefined }, new AbortController().signal);
  program.configureOutput({ writeErr: (text) => (said += text) });
  await expect(program.parseAsync(options, { from: 'user' })).rejects.toMatchObject({ exitCode: 1 });
  expect(said).toMatch(words);
});
