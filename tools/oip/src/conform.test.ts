import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Broken, type Case, GROUPS, type Group, NotApplicable } from './case.ts';
import { cases } from './cases/index.ts';
import { conform } from './conform.ts';
import { documents } from './documents.ts';
import { grpcClient } from './grpc.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { report, totals } from './report.ts';
import { discover, type Target } from './target.ts';

describe('our own server', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startOwnServer(['--log-level', 'error']);
  });
  afterAll(() => server.stop());

  test('passes every case', { timeout: 300_000 }, async () => {
    const grpc = grpcClient(server.grpc!);
    try {
      const target = await discover(server.url, 'digits', { grpc, repository: server.repository });
      const results = await conform(target, cases, GROUPS);
      const others = results.filter(({ verdict }) => verdict !== 'passed');
      const told = others.map(({ case: { id }, verdict, reason }) => `${id} ${verdict}: ${reason}`);
      expect(told).toEqual([]);
      expect(server.output()).not.toContain('internal error');
    } finally {
      grpc.close();
    }
  });
});

describe('the cases', () => {
  test('are 150 at least, each with a name of its own, a sentence, and a rule of a document', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    for (const { id, group, title, rule } of cases) {
      expect(id).toMatch(new RegExp(`^${group}/[a-z0-9-]+$`));
      expect(title.length).toBeGreaterThan(10);
      expect(Object.keys(documents)).toContain(rule.document);
      expect(rule.section).not.toBe('');
    }
  });
});

describe('a server that says yes to everything', () => {
  let server: Server;
  let target: Target;
  beforeAll(async () => {
    const tensor = { name: 'x', datatype: 'FP32', shape: [-1, 4] };
    const yes = JSON.stringify({
      name: 'yes',
      version: '1',
      live: true,
      ready: true,
      extensions: ['binary_tensor_data', 'classification'],
      versions: ['1'],
      platform: 'yes_yes',
      inputs: [tensor],
      outputs: [{ ...tensor, name: 'y' }],
    });
    server = createServer((request, response) => {
      request.resume();
      response.setHeader('Content-Type', 'application/json');
      response.end(yes);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    target = await discover(url, 'yes', { grpc: null, repository: null });
  });
  afterAll(() => server.close());

  test('fails each case that is about more than saying yes', { timeout: 120_000 }, async () => {
    const results = await conform(target, cases, []);
    const passed = results.filter(({ verdict }) => verdict === 'passed').map(({ case: { id } }) => id);
    const telling = passed.filter((id) => /infer|refuse|binary|classification/.test(id));
    // What such a server does right: it answers 200 in JSON, with a length, never 5xx, and it lists the extensions.
    expect(telling).toEqual([
      'rest/infer',
      'rest/infer-type',
      'rest/infer-length',
      'rest/infer-own-parameter-string',
      'rest/infer-own-parameter-number',
      'rest/infer-own-parameter-boolean',
      'rest/refuse-as-client-error',
      'binary/advertised',
      'classification/advertised',
    ]);
  });
});

describe('the verdict on a case', () => {
  const target = { url: 'http://127.0.0.1:1', extensions: [], grpc: null, repository: null } as unknown as Target;
  const example = (group: Group, check: Case['check']): Case => ({
    id: `${group}/example`,
    group,
    title: 'An example holds.',
    rule: { document: 'REST', section: 'Examples' },
    check,
  });
  const verdicts = async (item: Case, required: Group[] = []) =>
    (await conform(target, [item], required)).map(({ verdict, reason }) => [verdict, reason]);

  test('is what its check says', async () => {
    expect(await verdicts(example('rest', async () => {}))).toEqual([['passed', '']]);
    const broken = example('rest', async () => {
      throw new Broken('7 instead of 8');
    });
    expect(await verdicts(broken)).toEqual([['failed', '7 instead of 8']]);
    const none = example('rest', async () => {
      throw new NotApplicable('no versions');
    });
    expect(await verdicts(none)).toEqual([['not applicable', 'no versions']]);
    const defect = example('rest', async () => {
      throw new TypeError('x is undefined');
    });
    expect(await verdicts(defect)).toEqual([['failed', 'TypeError: x is undefined']]);
  });

  test('is not applicable where the server does not offer its group, and failed where that is required', async () => {
    const grpc = example('grpc', async () => {});
    expect(await verdicts(grpc)).toEqual([['not applicable', expect.stringContaining('--grpc=host:port')]]);
    expect(await verdicts(grpc, ['grpc'])).toEqual([['failed', expect.stringContaining('--grpc=host:port')]]);
    const binary = example('binary', async () => {});
    expect(await verdicts(binary)).toEqual([['not applicable', expect.stringContaining('binary_tensor_data')]]);
    expect(await verdicts(binary, ['binary'])).toEqual([['passed', '']]);
  });

  test('is in the report, with its rule and its reason, and the totals last', async () => {
    const results = await conform(
      target,
      [
        example('rest', async () => {
          throw new Broken('7 instead of 8');
        }),
        example('grpc', async () => {}),
      ],
      [],
    );
    const lines = report(results).split('\n');
    expect(lines.at(-1)).toBe('2 cases: 0 passed, 1 failed, 1 not applicable');
    expect(totals(results)).toBe(lines.at(-1));
    expect(lines.join('\n')).toMatch(/✗ .*rest\/example .*An example holds\. .*REST: Examples/);
    expect(lines).toContain('  rest/example: 7 instead of 8');
    expect(lines.some((line) => line.startsWith('REST: Open Inference Protocol'))).toBe(true);
  });
});
