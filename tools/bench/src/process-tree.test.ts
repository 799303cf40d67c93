import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ProcessInfo, parseStatus, residentNow, treeResident } from './process-tree.ts';

describe('parseStatus', () => {
  test('reads the process, its parent and its resident memory', () => {
    const text =
      'Name:\tnode\nState:\tS (sleeping)\nTgid:\t9\nPid:\t42\nPPid:\t7\nTracerPid:\t0\nVmRSS:\t    1736 kB\nRssAnon:\t 1 kB\n';
    expect(parseStatus(text)).toEqual({ pid: 42, parent: 7, resident: 1736 * 1024 });
  });

  test('a process without memory, such as one that has ended, holds none', () => {
    expect(parseStatus('Name:\tkthreadd\nPid:\t2\nPPid:\t0\n')).toEqual({ pid: 2, parent: 0, resident: 0 });
  });

  test('any other text is no process', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('Pid:'));
        expect(parseStatus(text)).toBeNull();
      }),
    );
  });
});

describe('treeResident', () => {
  const process = (pid: number, parent: number, resident: number): ProcessInfo => ({ pid, parent, resident });

  test('adds up a process, its children and theirs, in whatever order they are listed', () => {
    const list = [process(4, 3, 1000), process(9, 1, 5), process(3, 2, 100), process(2, 1, 10), process(5, 2, 10_000)];
    expect(treeResident(2, list)).toBe(11_110);
    expect(treeResident(4, list)).toBe(1000);
    expect(treeResident(77, list)).toBe(0);
  });

  test('ends where parents go round in a circle', () => {
    expect(treeResident(1, [process(1, 2, 1), process(2, 1, 2)])).toBe(3);
  });
});

test.runIf(process.platform === 'linux')('a process that starts another is at least as large as both', async () => {
  const script = "require('child_process').spawn('sleep', ['60']).once('spawn', () => console.log('started'))";
  const child = spawn(process.execPath, ['-e', `${script}; setInterval(() => {}, 1000)`], { detached: true });
  try {
    await once(child.stdout, 'data');
    const tree = residentNow(child.pid!);
    expect(tree).toBeGreaterThan(20e6);
    expect(tree).toBeLessThan(500e6);
    expect(residentNow(process.pid)).toBeGreaterThan(tree);
  } finally {
    process.kill(-child.pid!);
  }
});
