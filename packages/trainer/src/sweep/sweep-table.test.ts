import { expect, test } from 'vitest';
import { plan } from './sweep.fixture.ts';
import { sweepTable } from './sweep-table.ts';

test('trials in the order of their standing, with the settings that differ', () => {
  const result = (trial: number, accuracy: number, epochs: number) => ({
    ...{ rung: 0, trial, epochs, bestEpoch: epochs, seconds: 1 },
    validation: { images: 100, accuracy, loss: 1 - accuracy },
  });
  const standings = [result(3, 0.95, 4), result(1, 0.9, 2)];
  expect(sweepTable(plan, { standings, best: { trial: 3, file: 'best.json' } })).toBe(
    [
      'trial  validation accuracy    loss  epochs   schedule  learningRate',
      '-----  -------------------  ------  ------  ---------  ------------',
      '004 *              95.00 %  0.0500       4  one-cycle          0.01',
      '002                90.00 %  0.1000       2  one-cycle         0.003',
    ].join('\n'),
  );
});
