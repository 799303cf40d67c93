import { expect, test } from 'vitest';
import { trainCommand } from './command-line.ts';

test.each([
  [['--epochs', '0'], /--epochs.*'0'.*whole number from 1 to 10000/s],
  [['--epochs', 'many'], /--epochs.*'many'/s],
  [['--batch-size', '-3'], /--batch-size.*whole number from 1/s],
  [['--learning-rate', '0'], /--learning-rate.*above 0 and at most 10/s],
  [['--schedule', 'linear'], /--schedule.*'linear'.*constant, cosine, one-cycle/s],
  [['--augment', 'wild'], /--augment.*'wild'.*is no augmentation.*none, or kinds.*affine\[:gentle/s],
  [['--model', 'resnet'], /--model.*'resnet'.*edge, edge-fast, edge-flat, edge-max, edge-nano, keras-tutorial/s],
  [['--recipe', 'slow'], /--recipe.*'slow'.*fast/s],
  [['--recipe', 'fast', '--model', 'edge'], /--recipe.*cannot be used with.*--model/s],
  [['--seed', '1.5'], /--seed.*'1.5'.*whole number from 0/s],
  [['--optimizer', 'lion'], /--optimizer.*'lion'.*adam, adamw, sgd/s],
  [['--loss', 'hinge'], /--loss.*'hinge'.*cross-entropy, mean-squared-error/s],
  [['--label-smoothing', '1'], /--label-smoothing.*'1'.*from 0 to 0.999/s],
  [['--dropout', '1'], /--dropout.*'1'.*from 0 to 0.999/s],
  [['--ema', '-0.1'], /--ema.*'-0.1'.*from 0 to/s],
  [['--clip-norm', 'x'], /--clip-norm.*'x'.*from 0/s],
  [['--outliers', '2'], /--outliers.*'2'.*from 0 to 1/s],
  [['--weight-bits', '1'], /--weight-bits.*'1'.*whole number from 2 to 24/s],
  [['--freeze', '-1'], /--freeze.*'-1'.*whole number from 0/s],
  [['--per-class', '0'], /--per-class.*'0'.*whole number from 1/s],
  [['--patience', '-1'], /--patience.*'-1'.*whole number from 0/s],
  [['--dataset', 'My Data'], /--dataset.*'My Data'/s],
  [['--run', '../up'], /--run.*'..\/up'.*lower-case letters/s],
  [['--backend', 'cuda'], /--backend.*'cuda'.*tensorflow, webgpu, cpu/s],
  [['--epoch', '3'], /unknown option '--epoch'.*--epochs/s],
  [['now'], /too many arguments/s],
])('%s is refused with what is allowed', async (options, words) => {
  let said = '';
  const program = trainCommand({ print: () => undefined }, new AbortController().signal);
  program.configureOutput({ writeErr: (text) => (said += text) });
  await expect(program.parseAsync(options, { from: 'user' })).rejects.toMatchObject({ exitCode: 1 });
  expect(said).toMatch(words);
});
