import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chromiumVersion, findChromium } from './chromium.ts';
import { type FakeMachine, fakeMachine } from './testing/fakes.ts';

let machine: FakeMachine;
beforeEach(async () => {
  machine = await fakeMachine();
});
afterEach(() => machine.remove());

test('CHROMIUM_PATH counts before the usual places', async () => {
  await machine.put('mine', 'exit 0');
  await machine.put('usual', 'exit 0');
  const [mine, usual] = ['mine', 'usual'].map((name) => join(machine.folder, 'bin', name)) as [string, string];
  expect(findChromium({ CHROMIUM_PATH: mine }, [usual])).toBe(mine);
  expect(findChromium({}, ['/nowhere', usual])).toBe(usual);
  expect(findChromium({ CHROMIUM_PATH: '' }, [usual])).toBe(usual);
});

test('a CHROMIUM_PATH that leads nowhere is named, and nothing else is taken instead', async () => {
  await machine.put('usual', 'exit 0');
  expect(() => findChromium({ CHROMIUM_PATH: '/nowhere' }, [join(machine.folder, 'bin/usual')])).toThrow(
    'CHROMIUM_PATH is /nowhere, where there is no program.',
  );
});

test('where there is none, the message says where it looked and how to get one', () => {
  expect(() => findChromium({}, ['/nowhere'])).toThrow(
    /looked at \/nowhere.*apt install chromium\. Elsewhere set CHROMIUM_PATH/,
  );
});

test('the version, or that it does not start', async () => {
  await machine.put('good', 'echo "Chromium 156.0"');
  await machine.put('bad', 'exit 127');
  const [good, bad] = ['good', 'bad'].map((name) => join(machine.folder, 'bin', name)) as [string, string];
  expect(chromiumVersion(good, machine.env)).toBe(`Chromium 156.0 (${good})`);
  expect(() => chromiumVersion(bad, machine.env)).toThrow(`${bad} does not start.`);
});
