import { expect, test } from 'vitest';
import { describeMachine, thisMachine } from './machine.ts';

test('one line says what a number was measured on', () => {
  const machine = { cpu: 'Example CPU', cores: 2, memoryGiB: 8, system: 'linux x64', node: '20.19.0' };
  expect(describeMachine(machine)).toBe('Example CPU, 2 cores, 8 GiB, linux x64, Node 20.19.0');
});

test('this machine has a processor, cores and a Node', () => {
  const machine = thisMachine();
  expect(machine.cpu).not.toBe('');
  expect(machine.cores).toBeGreaterThanOrEqual(1);
  expect(machine.node).toBe(process.version.slice(1));
});
