import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Problem } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { type DownloadSettings, download } from './download.ts';
import { fileServer, quickSettings, serve, temporaryFolder } from './mirror.fixture.ts';

const file = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const MOST = file.length + 1000;

interface Attempt {
  readonly base: string;
  readonly seen: IncomingMessage[];
  readonly target: string;
  readonly settings: DownloadSettings;
}

async function setUp(listener?: (seen: IncomingMessage[]) => RequestListener): Promise<Attempt> {
  const folder = await temporaryFolder();
  const seen: IncomingMessage[] = [];
  const base = await serve(listener?.(seen) ?? fileServer({ file }, seen));
  return { base, seen, target: join(folder, 'deep', 'file'), settings: quickSettings(folder) };
}

/** Sends the first bytes of whatever the file server answers and cuts the connection, as often as `cuts` says. */
function cutting(cuts: number, after: number, files = { file }) {
  return (seen: IncomingMessage[]): RequestListener => {
    const serveWhole = fileServer(files, seen);
    return (request, response) => {
      if (seen.length < cuts) {
        const end = response.end.bind(response);
        response.end = ((body: Buffer) => {
          response.write(body.subarray(0, after), () => setTimeout(() => request.socket.destroy(), 20));
          return response;
        }) as typeof end;
      }
      serveWhole(request, response);
    };
  };
}

test('a file arrives whole, and nothing else stays', async () => {
  const { base, target, settings } = await setUp();
  await download(`${base}file`, target, MOST, settings);
  expect((await readFile(target)).equals(file)).toBe(true);
  await expect(stat(`${target}.part`)).rejects.toThrow('ENOENT');
  await expect(stat(`${target}.tag`)).rejects.toThrow('ENOENT');
});

test('a download that was cut twice goes on where it was, if the file is still the same', async () => {
  const { base, seen, target, settings } = await setUp(cutting(2, 100_000));
  await download(`${base}file`, target, MOST, settings);
  expect((await readFile(target)).equals(file)).toBe(true);
  expect(seen.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
  expect(seen[1]!.headers['if-range']).toMatch(/^"[0-9a-f]{8}"$/);
});

test('a download given up in one run goes on in the next', async () => {
  const { base, seen, target, settings } = await setUp(cutting(1, 100_000));
  const once = { ...settings, pauses: [] };
  await expect(download(`${base}file`, target, MOST, once)).rejects.toThrow('the connection was cut');
  expect((await stat(`${target}.part`)).size).toBe(100_000);
  await download(`${base}file`, target, MOST, once);
  expect((await readFile(target)).equals(file)).toBe(true);
  expect(seen[1]!.headers.range).toBe('bytes=100000-');
});

test('a file that changed on the server is fetched from its beginning', async () => {
  const files = { file };
  const { base, target, settings } = await setUp(cutting(1, 100_000, files));
  const once = { ...settings, pauses: [] };
  await expect(download(`${base}file`, target, MOST, once)).rejects.toThrow(Problem);
  files.file = Buffer.from(file).reverse();
  await download(`${base}file`, target, MOST, once);
  expect((await readFile(target)).equals(files.file)).toBe(true);
});

test('without a strong ETag a part is not gone on with', async () => {
  const { base, seen, target, settings } = await setUp((seen) => (request, response) => {
    seen.push(request);
    response.writeHead(200, { etag: 'W/"weak"', 'content-length': file.length });
    if (seen.length > 1) response.end(file);
    else response.write(file.subarray(0, 5000), () => setTimeout(() => request.socket.destroy(), 20));
  });
  await download(`${base}file`, target, MOST, settings);
  expect((await readFile(target)).equals(file)).toBe(true);
  expect(seen.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
});

test.each([
  ['416', 416, {}],
  ['206 of another range', 206, { 'content-range': 'bytes 0-9/10' }],
])('a server that answers a range with %s gets a fresh request', async (_, status, headers) => {
  const { base, seen, target, settings } = await setUp((seen) => (request, response) => {
    seen.push(request);
    if (request.headers.range === undefined) response.writeHead(200, { etag: '"a"' }).end(file);
    else response.writeHead(status, headers).end();
  });
  await mkdir(join(target, '..'), { recursive: true });
  await writeFile(`${target}.part`, 'abc');
  await writeFile(`${target}.tag`, '"a"');
  await download(`${base}file`, target, MOST, settings);
  expect((await readFile(target)).equals(file)).toBe(true);
  expect(seen.map(({ headers }) => headers.range)).toEqual(['bytes=3-', undefined]);
});

test('a server that compresses although it was asked not to is understood', async () => {
  const { base, target, settings } = await setUp(() => (_, response) => {
    const packed = gzipSync(file);
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length, etag: '"g"' }).end(packed);
  });
  await download(`${base}file`, target, MOST, settings);
  expect((await readFile(target)).equals(file)).toBe(true);
});

test('a server that fails in passing is asked again, one that has no such file is not', async () => {
  const busy = await setUp((seen) => (request, response) => {
    seen.push(request);
    response.writeHead(seen.length < 3 ? 503 : 200).end(file);
  });
  await download(`${busy.base}file`, busy.target, MOST, busy.settings);
  expect(busy.seen).toHaveLength(3);

  const without = await setUp();
  await expect(download(`${without.base}other`, without.target, MOST, without.settings)).rejects.toThrow(
    'HTTP 404 Not Found',
  );
  expect(without.seen).toHaveLength(1);
});

test('a server that stops sending is given up, however long it stays connected', async () => {
  const { base, target, settings } = await setUp(() => (_, response) => {
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, 1000));
  });
  const impatient = { ...settings, patience: 100, pauses: [] };
  await expect(download(`${base}file`, target, MOST, impatient)).rejects.toThrow(
    `${base}file: nothing arrived for 0.1 s.`,
  );
});

test('a slow server is not given up while bytes arrive', async () => {
  const { base, target, settings } = await setUp(() => (_, response) => {
    let sent = 0;
    const timer = setInterval(() => {
      response.write(file.subarray(sent, sent + 50_000));
      sent += 50_000;
      if (sent < file.length) return;
      clearInterval(timer);
      response.end();
    }, 100);
  });
  await download(`${base}file`, target, MOST, { ...settings, patience: 400, pauses: [] });
  expect((await readFile(target)).equals(file)).toBe(true);
});

test('a file that is too large is not fetched to its end', async () => {
  const announced = await setUp();
  await expect(download(`${announced.base}file`, announced.target, 1000, announced.settings)).rejects.toThrow(
    `${announced.base}file: expected at most 1000 bytes, the server announces 300000.`,
  );
  const endless = await setUp(() => (_, response) => {
    const timer = setInterval(() => response.write(file), 1);
    response.on('close', () => clearInterval(timer));
  });
  await expect(download(`${endless.base}file`, endless.target, MOST, endless.settings)).rejects.toThrow(
    'expected at most 301000 bytes, and the server goes on sending.',
  );
});

test('a disk that cannot be written to is no fault of the server: it is said at once', async () => {
  const { base, seen, target, settings } = await setUp();
  await writeFile(join(target, '../..', 'deep'), 'a file where the folder should go');
  const attempt = download(`${base}file`, target, MOST, settings);
  await expect(attempt).rejects.toThrow(Problem);
  await expect(attempt).rejects.toThrow(`While writing ${target}: `);
  expect(seen).toHaveLength(0);
});

test('progress is told in bytes', async () => {
  const told: string[] = [];
  const { base, target, settings } = await setUp();
  await download(`${base}file`, target, MOST, {
    ...settings,
    startProgress: (label, total) => {
      told.push(`${label} of ${total}`);
      return { update: (done, note) => told.push(`${done} ${note}`), stop: () => told.push('stop') };
    },
  });
  expect(told[0]).toBe('fetch file of 300000');
  expect(told.slice(-2)).toEqual(['300000 0.3 MB', 'stop']);
});
