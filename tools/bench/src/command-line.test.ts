import { Problem } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { benchCommand, toParts } from './command-line.ts';

test.each([
  ['training', ['training']],
  ['server,inference', ['inference', 'server']],
  [' memory , memory ', ['memory']],
  ['training,inference,server,memory', ['training', 'inference', 'server', 'memory']],
])('--only %j', (text, expected) => {
  expect(toParts(text)).toEqual(expected);
});

test.each(['', 'speed', 'server,', 'Server', 'toString'])(
  '--only %j names no part, and is told which there are',
  (text) => {
    expect(() => toParts(text)).toThrow(Problem);
    expect(() => toParts(text)).toThrow(/The parts are: training, fast, inference, server, web, memory\.$/);
  },
);

test('an unknown part ends the command before anything is measured', async () => {
  const printed: string[] = [];
  const program = benchCommand({ print: (text) => printed.push(text), base: '/' });
  await expect(program.parseAsync(['--only', 'sever'], { from: 'user' })).rejects.toThrow(
    'there is no part "sever". The parts are: training, fast, inference, server, web, memory.',
  );
  expect(printed).toEqual([]);
});
