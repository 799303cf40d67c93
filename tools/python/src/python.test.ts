import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { thisCheckout } from './place.ts';
import { choosePython, findPython } from './python.ts';
import { fakeMachine, python } from './testing/fakes.ts';

const found = (...versions: string[]) => versions.map((version, index) => ({ command: `python${index}`, version }));

test.each(['3.11.0', '3.12.13', '3.13.1'])('Python %s fits', (version) => {
  expect(choosePython(found(version)).version).toBe(version);
});

test.each(['2.7.18', '3.9.2', '3.10.13', '3.14.0', '3.1.1', '4.11.0', ''])('Python "%s" does not fit', (version) => {
  expect(() => choosePython(found(version))).toThrow(`but python0 is ${version}.`);
});

test('the first that fits is taken', () => {
  expect(choosePython(found('3.14.0', '3.13.2', '3.11.1')).command).toBe('python1');
});

test("pyenv's stand-ins, which fail for versions that are not active, are passed over", async () => {
  const machine = await fakeMachine();
  await machine.put('python3', 'echo "pyenv: python3: command not found" >&2; exit 127');
  await machine.put('python3.12', python('3.12.1'));
  expect(findPython(machine.env)).toEqual({ command: 'python3.12', version: '3.12.1' });
  await machine.remove();
});

test('pyproject.toml asks for the same versions', async () => {
  const pyproject = await readFile(join(thisCheckout.source, 'pyproject.toml'), 'utf8');
  expect(pyproject).toContain('requires-python = ">=3.11,<3.14"');
});
