import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findNodeGyp, isBindingCurrent, nativeBinding } from './binding.ts';
import { readEnvironmentStamp } from './environment.ts';
import { setup } from './setup.ts';
import { complete, type FakeMachine, fakeMachine } from './testing/fakes.ts';

let machine: FakeMachine;
beforeEach(async () => {
  machine = await fakeMachine();
});
afterEach(() => machine.remove());

async function build(): Promise<void> {
  await complete(machine);
  await setup({ place: machine.place, env: machine.env, say: () => {} });
}

const binding = () => join(machine.place.tfjs, 'lib/napi-v8');

test('before set-up the reason is a sentence with the way out', () => {
  expect(nativeBinding(machine.place)).toEqual({
    state: 'missing',
    reason: 'the native TensorFlow binding is not built in this checkout. Set it up with: npx nx run tools:setup',
  });
});

test.each(['', '{', 'null', '[]'])('a stamp that reads %j is no stamp', async (content) => {
  await mkdir(binding(), { recursive: true });
  await writeFile(join(binding(), 'tfjs_binding.node'), '');
  await writeFile(join(binding(), 'mnist-edge.json'), content);
  expect(nativeBinding(machine.place).state).toBe('missing');
});

test('a stamp without its binding counts for nothing', async () => {
  await build();
  await rm(join(binding(), 'tfjs_binding.node'));
  expect(nativeBinding(machine.place).state).toBe('missing');
});

test('a TensorFlow that is gone is named', async () => {
  await build();
  const folder = join(machine.place.home, 'pipx');
  await rm(folder, { recursive: true });
  const state = nativeBinding(machine.place);
  expect(state).toEqual({ state: 'missing', reason: expect.stringContaining(`${folder}/venvs`) });
});

test('the binding is current for just the TensorFlow and the npm package that it was built from', async () => {
  await build();
  const { versions } = readEnvironmentStamp(machine.place)!;
  const current = (changes: Partial<typeof versions>) => isBindingCurrent({ ...versions, ...changes }, machine.place);
  expect(await current({})).toBe(true);
  expect(await current({ onnx: '2.0.0' })).toBe(true);
  expect(await current({ tensorflow: '2.22.0' })).toBe(false);
  expect(await current({ cuda: true })).toBe(false);
  expect(await current({ tensorflowFolder: '/elsewhere' })).toBe(false);
  await writeFile(join(machine.place.tfjs, 'package.json'), '{"version":"4.23.0"}');
  expect(await current({})).toBe(false);
});

test("node-gyp is found in the running npm, beside Node, or behind PATH's npm, and otherwise not at all", async () => {
  await complete(machine);
  const { npm_execpath, PATH } = machine.env;
  const nodeGyp = join(machine.folder, 'npm/node_modules/node-gyp/bin/node-gyp.js');
  expect(findNodeGyp({ npm_execpath }, '/nowhere')).toBe(nodeGyp);
  await mkdir(join(machine.folder, 'lib/node_modules'), { recursive: true });
  await rename(join(machine.folder, 'npm'), join(machine.folder, 'lib/node_modules/npm'));
  const moved = join(machine.folder, 'lib/node_modules/npm');
  expect(findNodeGyp({ npm_execpath }, machine.folder)).toBe(join(moved, 'node_modules/node-gyp/bin/node-gyp.js'));
  await writeFile(join(moved, 'bin/npm-cli.js'), '');
  await chmod(join(moved, 'bin/npm-cli.js'), 0o755);
  await symlink(join(moved, 'bin/npm-cli.js'), join(machine.folder, 'bin/npm'));
  expect(findNodeGyp({ PATH }, '/nowhere')).toBe(join(moved, 'node_modules/node-gyp/bin/node-gyp.js'));
  expect(findNodeGyp({}, '/nowhere')).toBeNull();
});
