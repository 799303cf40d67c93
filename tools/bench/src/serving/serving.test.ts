import { expect, test } from 'vitest';
import { type Round, renderServing } from './serving.ts';

/** @param slower how much the machine was slower in this round */
function round(slower: number, peer: Round['peer']): Round {
  const latency = (p50: number) => ({ p50: p50 * slower, p99: 2 * p50 * slower });
  return {
    raw: latency(40),
    bare: latency(50),
    floor: latency(100),
    binary: latency(130),
    routed: latency(150),
    json: latency(160),
    throughputs: [
      { batch: 1, datatype: 'FP32', http: 6000 / slower, inProcess: 10_000 / slower },
      { batch: 128, datatype: 'FP32', http: 40_000 / slower, inProcess: 50_000 / slower },
      { batch: 128, datatype: 'UINT8', http: 45_000 / slower, inProcess: 50_000 / slower },
    ],
    peer,
  };
}
const measured = { seconds: 3, cores: 1, apart: true, client: 'wrk', noPeer: null };

test('says how far a request lies above the run, which share of the speed is left, and the ratio to the peer', () => {
  const peer = { ours: 6000, fastApi: 1000 };
  const text = renderServing({ ...measured, rounds: [round(1, peer), round(2, peer), round(1, peer)] });
  expect(text).toContain('Medians of 3 rounds of 3 s each');
  expect(text).toContain('Servers, and runs in process, have 1 core, the client another one.');
  expect(text).toMatch(/\| node:http and session.run alone +\| +100 \| +200 \| +60 \|/);
  expect(text).toMatch(/\| binary request +\| +130 \| +260 \| +90 \| +90 – 180 \|/);
  expect(text).toMatch(/\| 128 +\| +UINT8 \| +45,000 +\| +50,000 \| +0\.9 \| +0\.9 – 0\.9 \|/);
  expect(text).toMatch(/\| 6,000 +\| +1,000 \| +6 \| +6 – 6 \|/);
});

test('a peer that could not be had is told with the reason', () => {
  expect(renderServing({ ...measured, rounds: [round(1, null)], noPeer: 'no pip' })).toContain('Not measured: no pip');
});
