import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { inferWithTritonclient, servedBundle } from './tritonclient.ts';
import { pythonTool } from './venv.ts';

let server: OwnServer;
let bin: string;

beforeAll(async () => {
  bin = await pythonTool('tritonclient', () => undefined);
  server = await startOwnServer(['--log-level', 'error']);
}, 600_000);

afterAll(() => server?.stop());

test.each(['http', 'grpc'] as const)(
  'tritonclient over %s lists, checks and infers, and is right as often as the bundle says',
  async (protocol) => {
    const address = protocol === 'grpc' ? server.grpc! : new URL(server.url).host;
    const { said, images, right } = await inferWithTritonclient({
      bin,
      protocol,
      address,
      model: 'digits',
      batch: 100,
    });
    expect(said).toMatchObject({ live: true, ready: true, modelReady: true, model: { name: 'digits' } });
    expect(images).toBe(10_000);
    expect(right / images).toBe((await servedBundle(server.url)).metrics.test.accuracy);
  },
  300_000,
);
