import { PIXELS, Problem, SIDE } from '@mnist-edge/recognizer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countImages, parseIdx, parseImages, parseLabels } from './idx.ts';
import { formatIdx } from './mirror.fixture.ts';

const idx = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }).chain((dimensions) => {
  const length = dimensions.reduce((product, size) => product * size, 1);
  return fc.record({
    dimensions: fc.constant(dimensions),
    data: fc.uint8Array({ minLength: length, maxLength: length }),
  });
});

test('what was written is read', () => {
  fc.assert(
    fc.property(idx, ({ dimensions, data }) => {
      const parsed = parseIdx(formatIdx(dimensions, data), 'file');
      expect(parsed.dimensions).toEqual(dimensions);
      expect([...parsed.data]).toEqual([...data]);
    }),
  );
});

test('a file inside a larger buffer is read from where it begins', () => {
  const buffer = Buffer.concat([Buffer.from('xyz'), formatIdx([2], Uint8Array.of(7, 8))]);
  expect([...parseIdx(buffer.subarray(3), 'file').data]).toEqual([7, 8]);
});

/** Bytes that are nearly an IDX file, and bytes that are anything. */
const anything = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.tuple(idx, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([{ dimensions, data }, at, byte]) => {
    const bytes = formatIdx(dimensions, data);
    bytes[at % bytes.length] = byte;
    return bytes;
  }),
  fc.tuple(idx, fc.nat()).map(([{ dimensions, data }, length]) => {
    const bytes = formatIdx(dimensions, data);
    return bytes.subarray(0, length % bytes.length);
  }),
);

test.each([
  ['parseIdx', (bytes: Uint8Array) => parseIdx(bytes, 'the file')],
  ['parseImages', (bytes: Uint8Array) => parseImages(bytes, 'the file')],
  ['parseLabels', (bytes: Uint8Array) => parseLabels(bytes, 10, 'the file')],
])('whatever the bytes are, %s reads them or throws a Problem that names the file', (_, parse) => {
  fc.assert(
    fc.property(anything, (bytes) => {
      try {
        parse(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
        expect((error as Problem).message).toMatch(/^the file/);
      }
    }),
    { numRuns: 500 },
  );
});

test('images are 784 bytes each', () => {
  const pixels = Uint8Array.from({ length: 2 * PIXELS }, (_, i) => i % 251);
  const images = parseImages(formatIdx([2, SIDE, SIDE], pixels), 'file');
  expect([...images]).toEqual([...pixels]);
  expect(countImages(images)).toBe(2);
});

test('labels are a byte each', () => {
  expect([...parseLabels(formatIdx([3], Uint8Array.of(0, 9, 4)), 10, 'file')]).toEqual([0, 9, 4]);
});

describe('a bad file is refused with what was expected and what was found', () => {
  const images = formatIdx([1, SIDE, SIDE], new Uint8Array(PIXELS));
  const labels = formatIdx([2], Uint8Array.of(1, 2));
  test.each<[string, () => unknown, string]>([
    ['empty', () => parseImages(new Uint8Array(), 'f'), 'f is empty: expected an IDX file.'],
    [
      'three bytes',
      () => parseImages(Uint8Array.of(0, 0, 8), 'f'),
      'f is no IDX file: it ends after 3 of 4 header bytes.',
    ],
    [
      'of floats',
      () => parseImages(Uint8Array.of(0, 0, 0x0d, 3), 'f'),
      'f is no IDX file of bytes: expected a magic number such as 0x00000803 (images) or 0x00000801 (labels), found 0x00000d03.',
    ],
    [
      'of text',
      () => parseImages(Buffer.from('<!DOCTYPE html><html>'), 'f'),
      'found 0x3c21444f, the text "<!DOCTYPE html><".',
    ],
    ['of rank 0', () => parseIdx(Uint8Array.of(0, 0, 8, 0), 'f'), 'found 0x00000800.'],
    [
      'header cut',
      () => parseImages(images.subarray(0, 9), 'f'),
      'f is cut short: it ends after 9 of 16 header bytes.',
    ],
    [
      'data cut',
      () => parseImages(images.subarray(0, 700), 'f'),
      'f is cut short: its header says 1 × 28 × 28, so 800 bytes were expected, and it has 700.',
    ],
    [
      'trailing bytes',
      () => parseLabels(Buffer.concat([labels, Buffer.of(1)]), 10, 'f'),
      'f has bytes after its end: its header says 2, so 10 bytes were expected, and it has 11.',
    ],
    [
      'dimensions beyond any memory',
      () => parseImages(formatIdx([0xffffffff, 0xffffffff, 0xffffffff], new Uint8Array()), 'f'),
      'f is cut short: its header says 4294967295 × 4294967295 × 4294967295',
    ],
    [
      'labels for images',
      () => parseImages(labels, 'f'),
      'f: expected an image file (magic number 0x00000803), found a label file (0x00000801).',
    ],
    [
      'images for labels',
      () => parseLabels(images, 10, 'f'),
      'f: expected a label file (magic number 0x00000801), found an image file (0x00000803).',
    ],
    ['rank 2', () => parseLabels(formatIdx([1, 1], Uint8Array.of(1)), 10, 'f'), 'found 2 dimensions (0x00000802).'],
    [
      'other size',
      () => parseImages(formatIdx([1, 20, 30], new Uint8Array(600)), 'f'),
      'f: expected images of 28 × 28 pixels, found 20 × 30.',
    ],
    ['label too high', () => parseLabels(labels, 2, 'f'), 'f: expected labels from 0 to 1, found 2 at index 1.'],
  ])('%s', (_, parse, message) => {
    expect(parse).toThrow(Problem);
    expect(parse).toThrow(message);
  });
});
