import { expect, test } from 'vitest';
import { nodeFlags } from './serve-command.ts';

test.each([
  ['node dist/main.js', []],
  [
    'node --enable-source-maps --max-semi-space-size=4 dist/main.js',
    ['--enable-source-maps', '--max-semi-space-size=4'],
  ],
  ['node  --a main.js --port 80', ['--a']],
])('%j', (command, flags) => {
  expect(nodeFlags(command)).toEqual(flags);
});

test.each(['', 'node', 'node --version', 'tsx src/main.ts'])('%j runs no file with node', (command) => {
  expect(() => nodeFlags(command)).toThrow('Not a command that runs a file with node');
});
