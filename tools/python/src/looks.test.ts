import { afterEach, beforeEach, expect, test } from 'vitest';
import { examine, type Finding, isHealthy } from './doctor.ts';
import { looks, supportedNode } from './looks.ts';
import { setup } from './setup.ts';
import { complete, type FakeMachine, fakeMachine } from './testing/fakes.ts';

let machine: FakeMachine;
beforeEach(async () => {
  machine = await fakeMachine();
});
afterEach(() => machine.remove());

function look(): Record<string, Finding> {
  return Object.fromEntries(examine(looks(machine.place, machine.env)).map((finding) => [finding.name, finding]));
}

test('on a bare machine everything but Node is missing, each with its way out', () => {
  const findings = look();
  const ways = {
    npm: /Install Node anew/,
    Python: /apt install python3/,
    make: /apt install build-essential/,
    'C++ compiler': /^g\+\+ cannot be run\. .*apt install build-essential/,
    tf2onnx: /npx nx run tools:setup/,
    onnx: /npx nx run tools:setup/,
    onnxruntime: /npx nx run tools:setup/,
    'TensorFlow linked': /npx nx run tools:setup/,
  };
  for (const [name, way] of Object.entries(ways)) {
    expect(findings[name]).toEqual({ name, state: 'missing', text: expect.stringMatching(way) });
  }
  expect(findings.pipx).toMatchObject({ state: 'optional', text: expect.stringContaining('brings its own') });
  expect(isHealthy(Object.values(findings))).toBe(false);
});

test('after set-up the versions are there, and the compiler may go', async () => {
  await complete(machine);
  await setup({ place: machine.place, env: machine.env, say: () => {} });
  await machine.put('g++', 'exit 1');
  expect(look()).toMatchObject({
    Python: { state: 'ok', text: '3.12.3 (python3)' },
    pipx: { state: 'ok', text: '1.18.4 (pipx)' },
    'C++ compiler': { state: 'optional' },
    tf2onnx: { state: 'ok', text: '1.17.0' },
    onnx: { state: 'ok', text: '1.23.1' },
    onnxruntime: { state: 'ok', text: '1.30.0' },
    'TensorFlow linked': { state: 'ok', text: '2.21.0 (CPU build)' },
  });
});

test('a GPU that the linked TensorFlow does not use is said, with the way to use it', async () => {
  await complete(machine);
  await setup({ place: machine.place, env: machine.env, say: () => {}, build: 'cpu' });
  await machine.put('nvidia-smi', 'echo NVIDIA T4');
  expect(look().GPU).toEqual({
    name: 'GPU',
    state: 'optional',
    text: 'NVIDIA T4: not used by the CPU build that is linked. Link CUDA: npx nx run tools:setup --cuda',
  });
});

test.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0', '26.1.0'])('Node %s is supported', (version) => {
  expect(supportedNode(version)).toBe(version);
});

test.each(['18.20.0', '20.18.9', '21.7.0', '22.11.0', '23.5.0'])('Node %s is not', (version) => {
  expect(() => supportedNode(version)).toThrow(`${version} is not supported. Install Node 20.19`);
});
