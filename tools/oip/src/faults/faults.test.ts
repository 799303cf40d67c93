import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { beforeAll, expect, test } from 'vitest';
import type { Exchange } from '../load/connection.ts';
import { startOwnServer } from '../own-server.ts';
import { goodBinary } from './command.ts';
import { besideSlow, killWorkers, reloadModels, terminate } from './faults.ts';
import { judge } from './steady.ts';

/** Servers are started and loaded on a machine that is busy with others. */
const timeout = 240_000;
let request: Buffer;

beforeAll(async () => {
  request = await goodBinary();
}, timeout);

test('killed processes: only what they had under way is lost, and others take their place', { timeout }, async () => {
  const { kills, backMs, answers, lost, wrong } = await killWorkers(request, 2, 1000);
  expect([backMs.length, wrong]).toEqual([kills, []]);
  expect(lost.length).toBeLessThanOrEqual(8 * kills);
  expect(answers).toBeGreaterThan(lost.length);
});

test('reloads under load: every request is answered, with the same numbers', { timeout }, async () => {
  const { answers, lost, wrong, megabytes } = await reloadModels(request, 5, join(workspaceRoot, 'models/digits'));
  expect([lost, wrong, megabytes.length]).toEqual([[], [], 5]);
  expect(answers).toBeGreaterThan(5);
});

test.each([1, 2])('SIGTERM under load, processes: %i: nothing is dropped', { timeout }, async (workers) => {
  const { answers, dropped, wrong, codes } = await terminate(request, 2, workers);
  expect([dropped, wrong, codes]).toEqual([0, [], [0, 0]]);
  expect(answers).toBeGreaterThan(0);
});

test('slow sockets: the others are answered beside them', { timeout }, async () => {
  const { alone, beside } = await besideSlow(request, 100, { rounds: 1, seconds: 1 });
  for (const { answers, lost, wrong } of [...alone, ...beside]) {
    expect([lost, wrong]).toEqual([[], []]);
    expect(answers).toBeGreaterThan(0);
  }
});

test('an answer with other numbers, or none, is seen', { timeout }, async () => {
  const server = await startOwnServer(['--log-level', 'error']);
  try {
    const faultOf = await judge(server.url, request);
    const answer = (status: number, body: string): Exchange => ({
      status,
      headers: new Map([['inference-header-content-length', '0']]),
      body: Buffer.from(body),
    });
    expect(faultOf(answer(200, 'other'))).toBe('other numbers than at first');
    expect(faultOf(answer(500, 'no'))).toContain('status 500');
  } finally {
    await server.stop();
  }
});
