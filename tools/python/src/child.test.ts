import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, isExecutable, runChild, which } from './child.ts';
import { type FakeMachine, fakeMachine } from './testing/fakes.ts';

let machine: FakeMachine;
beforeEach(async () => {
  machine = await fakeMachine();
});
afterEach(() => machine.remove());

const run = (name: string) => runChild(name, ['a'], { env: machine.env, log: join(machine.folder, 'log') });

test('the outcome has the exit code and both outputs, and the log has them too', async () => {
  await machine.put('talk', 'echo "out $1"; echo err >&2; exit 3');
  const { code, output } = await run('talk');
  expect(code).toBe(3);
  expect(output.split('\n').sort()).toEqual(['', 'err', 'out a']);
  await run('talk');
  const log = await readFile(join(machine.folder, 'log'), 'utf8');
  expect(log.match(/^\$ talk a$/gm)).toHaveLength(2);
  expect(log.match(/^err$/gm)).toHaveLength(2);
});

test('a command that is not there is exit code 127, as in a shell', async () => {
  const { code, output } = await run('absent');
  expect(code).toBe(127);
  expect(output).toContain('absent');
});

test('a child that is killed has no exit code', async () => {
  await machine.put('die', 'kill -9 $$');
  expect((await run('die')).code).toBeNull();
});

test('of a long output the end is kept', async () => {
  await machine.put('long', 'i=0; while [ $i -lt 9000 ]; do echo "line number $i"; i=$((i+1)); done');
  const { output } = await run('long');
  expect(output.length).toBeLessThanOrEqual(64 * 1024);
  expect(output.trimEnd().split('\n').at(-1)).toBe('line number 8999');
});

test('ask gives what a command prints, and null where it fails or is absent', async () => {
  await machine.put('good', 'echo " 1.2 "; echo noise >&2');
  await machine.put('bad', 'echo 1.2; exit 1');
  expect(['good', 'bad', 'absent'].map((name) => ask(name, [], machine.env))).toEqual(['1.2', null, null]);
});

test('which finds a command on PATH alone', async () => {
  await machine.put('here', 'exit 0');
  expect(which('here', machine.env)).toBe(join(machine.folder, 'bin/here'));
  expect(which('sh', machine.env)).toBeNull();
  expect(which('here', {})).toBeNull();
});

test('a folder is not a program', () => {
  expect(isExecutable(machine.folder)).toBe(false);
});
