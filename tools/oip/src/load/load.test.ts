import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OwnServer, startOwnServer } from '../own-server.ts';
import { discover, type Target } from '../target.ts';
import { faultOf } from './check.ts';
import { mixedRequests } from './command.ts';
import { parseAnswer } from './connection.ts';
import { fuzz } from './fuzz.ts';
import { isFlat, percentile, residentMegabytes } from './memory.ts';
import { overload } from './overload.ts';
import { pictures } from './pictures.ts';
import { fuzzRequests } from './requests.ts';
import { soak } from './soak.ts';

let server: OwnServer;
let target: Target;

beforeAll(async () => {
  server = await startOwnServer(['--log-level', 'error']);
  target = await discover(server.url, 'digits', { grpc: null, repository: null });
});
afterAll(() => server.stop());

const internalErrors = () =>
  server
    .output()
    .split('\n')
    .filter((line) => line.includes('internal error'));

test('5,000 generated requests: no crash, no 500, every answer fits the schema', { timeout: 300_000 }, async () => {
  const { url, child } = server;
  const report = await fuzz({ url, child, model: target.model, pictures: await pictures(), requests: 5000, seed: 20 });
  const faults = report.faults.map(({ fault, request: { kind, path } }) => `${kind} ${path}: ${fault}`);
  expect([faults, internalErrors(), report.alive, report.requests]).toEqual([[], [], true, 5000]);
  expect(report.kinds.size).toBeGreaterThanOrEqual(9);
  expect([...report.statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404, 405]));
});

test('a short soak: no fault, and a sample of memory and latency for each stretch', { timeout: 120_000 }, async () => {
  const { url, child } = server;
  const requests = await mixedRequests(target);
  const { answers, faults, samples } = await soak({
    url,
    child,
    model: target.model,
    requests,
    seconds: 4,
    connections: 4,
  });
  expect(faults).toEqual([]);
  expect(answers).toBeGreaterThan(100);
  expect(samples).toHaveLength(40);
  for (const { megabytes } of samples) expect(megabytes).toBeGreaterThan(20);
});

test('three times the capacity: what is not answered is refused, nothing fails, and afterwards all is answered', {
  timeout: 180_000,
}, async () => {
  const request = fc
    .sample(fuzzRequests(target.model, await pictures()), { seed: 1, numRuns: 500 })
    .find(({ kind }) => kind === 'good binary')!;
  const [report] = await overload({ url: server.url, request, times: 3, seconds: 4, rounds: 1 });
  expect(report!.overload.failed).toBe(0);
  expect(report!.overload.goodput).toBeGreaterThan(0);
  expect(report!.after.failed).toBe(0);
  expect(report!.after.goodput).toBeGreaterThan(0);
  expect(internalErrors()).toEqual([]);
});

describe('the parts', () => {
  const good = () =>
    fc.sample(fuzzRequests(target.model, [Buffer.alloc(9)]), { seed: 3, numRuns: 300 }).find((r) => r.good)!;
  const answer = (status: number, body: unknown, headers: [string, string][] = []) => ({
    status,
    headers: new Map(headers),
    body: Buffer.from(JSON.stringify(body)),
  });

  test('an answer that breaks a rule is a fault', () => {
    const fault = (found: ReturnType<typeof answer>) => faultOf(good(), found, target.model);
    expect(fault(answer(500, { error: 'internal error' }))).toContain('status 500');
    expect(fault(answer(400, { error: 'no' }))).toContain('a good request was answered 400');
    expect(fault(answer(503, { error: 'busy' }))).toBe('503 without Retry-After');
    expect(fault(answer(503, { error: 'busy' }, [['retry-after', '1']]))).toBeNull();
    expect(fault(answer(200, {}))).toContain('"outputs"');
    const output = { name: 'logits', datatype: 'FP32', shape: [1, 2], data: [0, 1] };
    expect(fault(answer(200, { model_name: 'digits', outputs: [output] }))).toBeNull();
    expect(fault(answer(200, { model_name: 'digits', outputs: [{ ...output, data: [0] }] }))).toContain(
      'holds 1 elements',
    );
    const bad = { ...good(), good: false };
    expect(faultOf(bad, answer(400, { message: 'no' }), target.model)).toContain('no "error" string');
  });

  test('answers are cut from the stream as HTTP says', () => {
    const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
    for (let length = 0; length < whole.length; length++) {
      expect(parseAnswer(Buffer.from(whole.slice(0, length)), false)).toBeNull();
    }
    expect(parseAnswer(Buffer.from(`${whole}HTTP/1.1`), false)).toMatchObject({ status: 200, length: whole.length });
    expect(parseAnswer(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'), true)!.body).toHaveLength(0);
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n';
    expect(parseAnswer(Buffer.from(chunked.slice(0, -1)), false)).toBeNull();
    expect(parseAnswer(Buffer.from(chunked), false)!.body.toString()).toBe('hi!');
    expect(parseAnswer(Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${whole}`), false)!.body.toString()).toBe('hi');
  });

  test('memory is flat when it comes to rest, and a process’s is measured with its children', () => {
    const at = (f: (k: number) => number) => Array.from({ length: 40 }, (_, k) => f(k));
    expect(isFlat(at((k) => 100 + 5 * Math.sin(k)))).toBe(true);
    expect(isFlat(at((k) => 50 + Math.min(k, 9) * 20))).toBe(true);
    expect(isFlat(at((k) => 100 + 4 * k))).toBe(false);
    expect(residentMegabytes(process.pid)).toBeGreaterThan(20);
    expect(percentile([3, 1, 2], 0.99)).toBe(3);
  });
});
