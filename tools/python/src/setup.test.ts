import { existsSync } from 'node:fs';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@mnist-edge/recognizer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nativeBinding } from './binding.ts';
import { pythonTool } from './environment.ts';
import { chooseBuild, type SetupOptions, setup } from './setup.ts';
import { complete, type FakeMachine, fakeMachine, python } from './testing/fakes.ts';

let machine: FakeMachine;
beforeEach(async () => {
  machine = await fakeMachine();
});
afterEach(() => machine.remove());

/** Runs set-up on the fake machine; returns what it said. */
async function run(options: Partial<SetupOptions> = {}): Promise<string[]> {
  const said: string[] = [];
  await setup({ place: machine.place, env: machine.env, say: (line) => said.push(line), ...options });
  return said;
}

async function problem(options: Partial<SetupOptions> = {}): Promise<string> {
  const error = await run(options).then(
    () => new Error('set-up went through'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Problem);
  return (error as Problem).message;
}

/** What was called for real work, a line each; reading forgets it. */
async function calls(): Promise<string[]> {
  const file = join(machine.folder, 'calls');
  const lines = existsSync(file) ? (await readFile(file, 'utf8')).trim().split('\n') : [];
  await rm(file, { force: true });
  return lines;
}

const environmentStamp = () => join(machine.place.home, 'environment.json');

test('from nothing, both parts are made, with a line as each begins and ends; the second run does nothing', async () => {
  await complete(machine);
  expect(await run()).toEqual([
    expect.stringMatching(/^This takes a minute or two and about 3 GB/),
    'installing TensorFlow (CPU build), tf2onnx, onnx and onnxruntime for Python 3.12.3 …',
    expect.stringMatching(/^installing TensorFlow .*: done in \d+\.\d s$/),
    'building the native binding to TensorFlow 2.21.0 …',
    expect.stringMatching(/^building the native binding to TensorFlow 2\.21\.0: done in \d+\.\d s$/),
    'Python environment: ready, Python 3.12.3, TensorFlow 2.21.0 (CPU), tf2onnx 1.17.0, onnx 1.23.1, onnxruntime 1.30.0',
    expect.stringMatching(/^native binding: ready, linked to TensorFlow 2\.21\.0/),
  ]);
  const { home, source } = machine.place;
  expect(await calls()).toEqual([
    `pipx install --force --editable --python python3 ${source}[cpu]`,
    `node-gyp rebuild -Wl,-rpath,${home}/pipx/venvs/mnist-edge-tools/tensorflow`,
  ]);
  expect(pythonTool('tf2onnx', machine.place)).toBe(join(home, 'bin/tf2onnx'));
  expect(nativeBinding(machine.place)).toEqual({
    state: 'ready',
    tensorflow: '2.21.0',
    cuda: false,
    folder: `${home}/pipx/venvs/mnist-edge-tools/tensorflow`,
  });

  const start = performance.now();
  expect((await run()).map((line) => line.split(',')[0])).toEqual([
    'Python environment: ready',
    'native binding: ready',
  ]);
  expect(await calls()).toEqual([]);
  expect(performance.now() - start).toBeLessThan(1000);
});

test('npm ci removes the binding and only the binding is built again', async () => {
  await complete(machine);
  await run();
  await calls();
  await rm(join(machine.place.tfjs, 'lib'), { recursive: true });
  expect(nativeBinding(machine.place).state).toBe('missing');
  await run();
  expect((await calls()).map((line) => line.split(' ')[0])).toEqual(['node-gyp']);
});

test('other pinned versions are installed anew, and what is linked to the same TensorFlow stays', async () => {
  await complete(machine);
  await run();
  await calls();
  await appendFile(join(machine.place.source, 'pyproject.toml'), '# another version\n');
  await run();
  expect((await calls()).map((line) => line.split(' ')[0])).toEqual(['pipx']);
});

test('a command that someone deleted from the environment is installed again', async () => {
  await complete(machine);
  await run();
  await calls();
  await rm(join(machine.place.home, 'bin/tf2onnx'));
  await run();
  expect((await calls()).map((line) => line.split(' ')[0])).toEqual(['pipx']);
});

test('an install that ends half-way never looks complete', async () => {
  await complete(machine);
  await run();
  await appendFile(join(machine.place.source, 'pyproject.toml'), '# another version\n');
  await machine.put(
    'pipx',
    `[ "$1" = --version ] && { echo 1.18.4; exit; }
     echo 'WARNING: Retrying (Retry(total=0)) after connection broken by NewConnectionError: Name or service not known' >&2
     echo 'ERROR: Could not find a version that satisfies the requirement tensorflow-cpu==2.21.0' >&2
     echo 'ERROR: No matching distribution found for tensorflow-cpu==2.21.0' >&2
     exit 1`,
  );
  const message = await problem();
  expect(message).toContain('This step failed: installing the Python packages with pipx (it ended with exit code 1).');
  expect(message).toContain('| ERROR: No matching distribution found for tensorflow-cpu==2.21.0');
  expect(message).toContain('cannot be reached. Check the network');
  expect(message).toContain(`The full log: ${join(machine.place.home, 'setup.log')}`);
  expect(existsSync(environmentStamp())).toBe(false);
  expect(() => pythonTool('tf2onnx', machine.place)).toThrow(
    new Problem('tf2onnx is not installed here. Install it with: npx nx run tools:setup'),
  );
  await complete(machine);
  await run();
  expect(pythonTool('tf2onnx', machine.place)).toContain('tf2onnx');
});

test('an environment that does not answer is not taken for complete', async () => {
  await complete(machine);
  await machine.put('pipx', '[ "$1" != --version ] || echo 1.18.4');
  expect(await problem()).toContain(
    'This step failed: asking the new environment for its versions (it ended with exit code 127)',
  );
  expect(existsSync(environmentStamp())).toBe(false);
});

test('a binding that does not load is not taken for built', async () => {
  await complete(machine);
  const nodeGyp = join(machine.folder, 'npm/node_modules/node-gyp/bin/node-gyp.js');
  const good = await readFile(nodeGyp, 'utf8');
  await writeFile(
    nodeGyp,
    good.replace('copyFileSync', 'symlinkSync').replace(/"[^"]*tfjs_binding\.node"/, '"/nowhere"'),
  );
  const message = await problem();
  expect(message).toContain('This step failed: loading the binding, which must say "loaded 2.21.0"');
  expect(nativeBinding(machine.place).state).toBe('missing');
});

test('no Python', async () => {
  const message = await problem();
  expect(message).toContain('TensorFlow 2.21 and tf2onnx need Python 3.11 to 3.13, but none was found on PATH.');
  expect(message).toContain('apt install python3 python3-venv');
});

test('a Python that is too old or too new, named with its version', async () => {
  await machine.put('python3', python('3.9.2'));
  await machine.put('python', python('3.14.0'));
  expect(await problem()).toContain('need Python 3.11 to 3.13, but python3 is 3.9.2, python is 3.14.0.');
});

test('a Python named by flag that does not answer', async () => {
  await complete(machine);
  expect(await problem({ python: '/nowhere/python' })).toContain('but /nowhere/python does not answer.');
});

test('no compiler is said before anything is downloaded', async () => {
  await machine.put('python3', python('3.11.2'));
  expect(await problem()).toBe(
    'make and g++ cannot be run, and the native TensorFlow binding has to be compiled. On Debian and Ubuntu: apt install build-essential',
  );
  await machine.put('make', 'exit 0');
  expect(await problem()).toMatch(/^g\+\+ cannot be run/);
  expect(await calls()).toEqual([]);
});

test('no npm packages', async () => {
  await complete(machine);
  await rm(machine.place.tfjs, { recursive: true });
  expect(await problem()).toMatch(/tfjs is not there\. Install the npm packages first: npm ci$/);
});

test('no pipx and no venv module: the way out is python3-venv', async () => {
  await complete(machine);
  await machine.put('pipx', 'exit 127');
  await machine.put(
    'python3',
    `case "$1 $2" in
       "-c "*) echo 3.11.2 ;;
       "-m venv") echo "The virtual environment was not created successfully because ensurepip is not available."; exit 1 ;;
       *) exit 1 ;;
     esac`,
  );
  const message = await problem();
  expect(message).toContain('This step failed: making a virtual environment for pipx');
  expect(message).toContain('ensurepip is not available');
  expect(message).toContain('apt install python3-venv');
});

test('a pipx older than what was tried is passed over', async () => {
  await complete(machine);
  await machine.put('pipx', 'echo 1.1.0');
  expect(await problem()).toContain('making a virtual environment for pipx');
});

test('a disk that fills up', async () => {
  await complete(machine);
  await machine.put(
    'pipx',
    `[ "$1" = --version ] && { echo 1.18.4; exit; }
     echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"; exit 1`,
  );
  const message = await problem();
  expect(message).toContain(
    '| ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
  );
  expect(message).toContain('The disk is full.');
});

test('a file where a folder should be', async () => {
  await writeFile(join(machine.folder, 'file'), '');
  const message = await problem({ place: { ...machine.place, home: join(machine.folder, 'file/home') } });
  expect(message).toContain('a part of the path is a file, not a folder. Move it away');
});

test('a choice that changes nothing today still counts tomorrow, when a GPU is there', async () => {
  await complete(machine);
  await run();
  await run({ build: 'cpu' });
  await calls();
  await machine.put('nvidia-smi', 'echo NVIDIA T4');
  await run();
  expect(await calls()).toEqual([]);
});

test('another Python, named by flag, is installed for', async () => {
  await complete(machine);
  await machine.put('other', python('3.13.1'));
  await run();
  await calls();
  await run({ python: 'python3' });
  expect(await calls()).toEqual([]);
  await run({ python: 'other' });
  expect((await calls())[0]).toContain('--python other');
});

test.each([
  ['nothing is known', undefined, null, false, { build: 'cpu', chosen: false }],
  ['a GPU is there', undefined, null, true, { build: 'cuda', chosen: false }],
  ['a GPU came since', undefined, { build: 'cpu', chosen: false }, true, { build: 'cuda', chosen: false }],
  ['cpu was chosen once', undefined, { build: 'cpu', chosen: true }, true, { build: 'cpu', chosen: true }],
  ['cuda was chosen once', undefined, { build: 'cuda', chosen: true }, false, { build: 'cuda', chosen: true }],
  ['cpu is chosen now', 'cpu', { build: 'cuda', chosen: true }, true, { build: 'cpu', chosen: true }],
] as const)('which TensorFlow: %s', (_, asked, stamp, gpu, expected) => {
  expect(chooseBuild(asked, stamp, () => gpu)).toEqual(expected);
});

test('where nvidia-smi names a GPU, the CUDA build is installed', async () => {
  await complete(machine);
  await machine.put('nvidia-smi', 'echo NVIDIA T4');
  await run();
  expect((await calls())[0]).toMatch(/source\[cuda\]$/);
});
