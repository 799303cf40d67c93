import { PIXELS } from '@mnist-edge/recognizer';
import { expect, test } from 'vitest';
import { rawFiles } from './source.ts';
import { sources } from './sources.ts';

test.each(sources)('$name: what is known of its files fits together', (source) => {
  const count = (source.trainImages.bytes - 16) / PIXELS;
  expect(Number.isInteger(count)).toBe(true);
  expect(source.trainLabels.bytes).toBe(count + 8);
  expect(source.testLabels.bytes).toBe((source.testImages.bytes - 16) / PIXELS + 8);
  expect(source.validation).toBeLessThan(count / 5);
  expect(new Set(source.labels).size).toBe(source.labels.length);
  const hashes = rawFiles(source).map(({ sha256, gzip }) => sha256 ?? gzip?.hex);
  expect(new Set(hashes).size).toBe(4);
  for (const { sha256, gzip } of rawFiles(source)) {
    expect(sha256 ?? gzip?.hex).toMatch(gzip?.algorithm === 'md5' ? /^[0-9a-f]{32}$/ : /^[0-9a-f]{64}$/);
  }
});

test('no two datasets share a name', () => {
  expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
});
