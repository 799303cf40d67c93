import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { EpochReport } from '../epochs.ts';
import { scalarsEvent, versionEvent } from './event.ts';
import { startEvents } from './events-file.ts';
import { crc32c, tfRecord } from './tf-record.ts';

function report(epoch: number): EpochReport {
  const score = { images: 10, accuracy: epoch / 8, loss: 1 / epoch };
  return { epoch, train: score, validation: score, seconds: 1, imagesPerSecond: 10, learningRate: 0.5 ** epoch };
}

test('the checksum is CRC-32C: its check value, and the four of RFC 3720, B.4', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
});

test('a record tells its length, and holds the data as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
      const record = Buffer.from(tfRecord(data));
      expect(record.readBigUInt64LE(0)).toBe(BigInt(data.length));
      expect(new Uint8Array(record.subarray(12, -4))).toEqual(data);
    }),
  );
});

test('the version event, byte by byte', () => {
  expect(Buffer.from(versionEvent(1.5)).toString('hex')).toBe(
    `09000000000000f83f1a0d${Buffer.from('brain.Event:2').toString('hex')}`,
  );
});

test('a scalar, byte by byte: wall time, step as a varint, summary of tag and value', () => {
  expect(Buffer.from(scalarsEvent(1.5, 300, { ab: 0.5 })).toString('hex')).toBe(
    '09000000000000f83f10ac022a0b0a090a026162150000003f',
  );
});

test('a run that goes on writes its earlier epochs anew, each once, into the file that a watcher has open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-edge-events-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const first = await startEvents(folder, []);
  for (const epoch of [1, 2, 3]) await first(report(epoch));
  const [name] = await readdir(folder);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.mnist-edge$/);
  const path = join(folder, name!);
  const watched = (await stat(path)).ino;
  const lengths = recordLengths(await readFile(path));

  const second = await startEvents(folder, [report(1), report(2)]);
  await second(report(3));
  expect(await readdir(folder)).toEqual([name]);
  expect((await stat(path)).ino).toBe(watched);
  expect(recordLengths(await readFile(path))).toEqual(lengths);
  expect(lengths).toHaveLength(4);
});

test('a folder that cannot be written is named', async () => {
  await expect(startEvents('/dev/null/events', [])).rejects.toThrow(/writing \/dev\/null\/events/);
});

function recordLengths(bytes: Buffer): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += 16 + lengths.at(-1)!) lengths.push(Number(bytes.readBigUInt64LE(at)));
  return lengths;
}
