import { expect, test } from 'vitest';
import { renderServing } from './serving.ts';

const measured = {
  rounds: 5,
  seconds: 3,
  cores: 1,
  apart: true,
  latencies: [
    { what: 'session.run', p50: 40, p99: 60 },
    { what: 'binary request', p50: 130, p99: 300 },
  ],
  throughputs: [{ batch: 128, http: 45_000, inProcess: 50_000 }],
};

test('says how far a request lies above the run, which share of the speed is left, and the ratio to the peer', () => {
  const text = renderServing({ ...measured, peer: { ours: 6000, fastApi: 1000 } });
  expect(text).toContain(
    'Medians of 5 rounds of 3 s each, in turn. Servers, and runs in process, have 1 core, the client another one.',
  );
  expect(text).toMatch(/\| binary request +\| +130 \| +300 \| +90 \|/);
  expect(text).toMatch(/\| 128 +\| +45,000 \| +50,000 \| +0\.9 \|/);
  expect(text).toMatch(/\| ratio +\| +6 \|/);
});

test('a peer that could not be had is told with the reason', () => {
  expect(renderServing({ ...measured, peer: { why: 'no pip' } })).toContain('Not measured: no pip');
});
