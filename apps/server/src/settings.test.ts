import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@mnist-edge/command';
import { Problem } from '@mnist-edge/recognizer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readSettings, shownSettings } from './settings.ts';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'mnist-edge-settings-')));
  await mkdir(join(folder, 'bundle'));
  await writeFile(join(folder, 'bundle', 'bundle.json'), '{}');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('with nothing said: this machine only, port 3000, the released model', () => {
  expect(readSettings([], {})).toEqual({
    host: '127.0.0.1',
    port: 3000,
    modelDir: join(workspaceRoot, 'models/digits'),
    modelPollMs: 2000,
    precision: 'fp32',
    mainModel: '',
    workers: 1,
    grpcPort: null,
    adminPort: null,
    adminKey: '',
    apiKeys: [],
    rateLimit: 0,
    trustProxy: 0,
    tls: null,
    webDir: join(workspaceRoot, 'apps/web/dist'),
    maxJsonBytes: 32 * 1024 * 1024,
    maxImageBytes: 8 * 1024 * 1024,
    maxBatch: 1024,
    maxQueue: 1024,
    deadlineMs: 10_000,
    requestTimeoutMs: 30_000,
    shutdownTimeoutMs: 10_000,
    logLevel: 'info',
  });
});

test('a flag wins over a variable, a variable over the default, and an empty variable is none', () => {
  const env = { PORT: '8080', HOST: '0.0.0.0', LOG_LEVEL: '', MAX_BATCH: '16' };
  expect(readSettings(['--port', '0', '--host=::1'], env)).toMatchObject({
    port: 0,
    host: '::1',
    maxBatch: 16,
    logLevel: 'info',
  });
});

test('the precision, by flag and by variable', () => {
  expect(readSettings(['--precision', 'int8'], {}).precision).toBe('int8');
  expect(readSettings([], { PRECISION: 'int8' }).precision).toBe('int8');
  expect(() => readSettings([], { PRECISION: 'fp16' })).toThrow('PRECISION is "fp16". Expected one of fp32, int8.');
});

test('relative folders are relative to where npm was called', () => {
  const env = { INIT_CWD: folder, MODEL_DIR: 'bundle' };
  expect(readSettings([], env).modelDir).toBe(join(folder, 'bundle'));
  expect(readSettings(['--model-dir', './bundle/'], { INIT_CWD: folder }).modelDir).toBe(join(folder, 'bundle'));
});

test.each<[string[], Record<string, string>, string]>([
  [['--port', '80x'], {}, '--port is "80x". Expected a whole number from 0 to 65535.'],
  [['--port=65536'], {}, '--port is "65536". Expected a whole number from 0 to 65535.'],
  [[], { PORT: '-1' }, 'PORT is "-1". Expected a whole number from 0 to 65535.'],
  [[], { PORT: '3000.5' }, 'PORT is "3000.5". Expected a whole number from 0 to 65535.'],
  [[], { HOST: 'http://x' }, 'HOST is "http://x". Expected an IP address or a host name, such as 127.0.0.1'],
  [['--host', ''], {}, '--host is "". Expected an IP address or a host name'],
  [['--max-batch', '0'], {}, '--max-batch is "0". Expected a whole number from 1 to 65536.'],
  [[], { MAX_JSON_MB: '1e9' }, 'MAX_JSON_MB is "1e9". Expected a whole number from 1 to 256.'],
  [[], { MAX_IMAGE_MB: '65' }, 'MAX_IMAGE_MB is "65". Expected a whole number from 1 to 64.'],
  [[], { REQUEST_TIMEOUT: '0' }, 'REQUEST_TIMEOUT is "0". Expected a whole number from 1 to 3600.'],
  [['--shutdown-timeout', 'soon'], {}, '--shutdown-timeout is "soon". Expected a whole number from 1 to 3600.'],
  [['--workers', 'many'], {}, '--workers is "many". Expected auto or a whole number from 1 to 256.'],
  [[], { GRPC_PORT: '99999' }, 'GRPC_PORT is "99999". Expected off or a whole number from 0 to 65535.'],
  [['--tls-cert', 'a.pem'], {}, 'HTTPS needs both a certificate and its key: --tls-cert <file> --tls-key <file>.'],
  [['--tls-cert', 'a.pem', '--tls-key', 'b.pem'], {}, 'a.pem cannot be read: ENOENT'],
  [['--log-level', 'loud'], {}, '--log-level is "loud". Expected one of silent, error, warn, info, debug.'],
  [
    ['--model-dir', 'nowhere'],
    {},
    '--model-dir is "nowhere". Expected a folder with a model bundle, or with folders of bundles; ',
  ],
  [[], { WEB_DIR: 'nowhere' }, 'WEB_DIR is "nowhere". Expected a folder with a built web app; '],
])('refuses %j %j', (argv, env, message) => {
  expect(() => readSettings(argv, env)).toThrow(Problem);
  expect(() => readSettings(argv, env)).toThrow(message);
});

test('one process, or one a core in production, or as many as are wanted', () => {
  expect(readSettings([], { NODE_ENV: 'production' }).workers).toBe(availableParallelism());
  expect(readSettings(['--workers', '3'], { NODE_ENV: 'production' }).workers).toBe(3);
});

test('a folder of bundles is a model folder too', async () => {
  const models = join(folder, 'models');
  await mkdir(join(models, 'digits', '1.0.0'), { recursive: true });
  expect(() => readSettings(['--model-dir', models], {})).toThrow(Problem);
  await writeFile(join(models, 'digits', '1.0.0', 'bundle.json'), '{}');
  expect(readSettings(['--model-dir', models], {}).modelDir).toBe(models);
});

test('what is printed tells no secret', () => {
  const text = JSON.stringify(shownSettings(readSettings(['--admin-key', 'sesame', '--api-keys', 'a1,b2'], {})));
  expect(text).toContain('"adminKey":"set"');
  expect(text).toContain('"apiKeys":2');
  expect(text).not.toMatch(/sesame|a1|b2/);
});

test('an unknown flag is refused with the nearest one named', () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(() => readSettings(['--prot', '1'], {})).toThrow("unknown option '--prot'");
    expect(said.mock.calls.join('')).toContain('(Did you mean --port?)');
  } finally {
    said.mockRestore();
  }
});
